"""`./pims bench`: what is fast, what is slow, how much memory; figures of this machine, printed and never asserted."""
