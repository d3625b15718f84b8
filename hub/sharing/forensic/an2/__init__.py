"""Files of ANSI/NIST-ITL 1-2011 (update 2013) in the traditional encoding: what fingerprint laboratories exchange.

Pure: bytes in, bytes out. `writing` makes a file of `content`; `reading` takes one apart and believes nothing.
"""
