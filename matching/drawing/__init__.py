"""Pictures for people: curves as inline SVG, the page of an evaluation, minutiae and pairs over their images.

Colours keep apart for the colour-blind (Okabe and Ito: "Color universal design", 2008), and nothing is said by colour
alone.
"""
