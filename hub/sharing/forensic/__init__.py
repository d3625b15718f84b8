"""The forensic service and identity by finger: requests, who approves them, fingerprint sets, answers.

A request comes in by the agencies' door (`asking`), waits for named officers (`approving`), and is answered by one
(`answering`, `parcels`). Nothing leaves but by the one gate of sharing; no candidate ever leaves.
"""
