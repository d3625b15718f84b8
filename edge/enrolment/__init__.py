"""Taking fingers at a desk: guided finger by finger, sealed to the hub as soon as one is whole.

The way of one finger: `station` (from the glass) -> `judging` (image to print) -> `sequence` (what it is worth here)
-> `cabinet` (sealed, on the card) -> `sending` (to the hub until it has it).
"""
