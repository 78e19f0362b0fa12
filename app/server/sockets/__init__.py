"""WebSockets with the protocol graphql-transport-ws.

What is sent is written to the transport at once; who does not read it is cut off, or waited for where he is the only
one who waits.
"""
