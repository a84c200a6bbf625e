"""python3 tests/sim [VERSION [SETUP]]: a pool of 20 VMs on the air, until interrupted. Prints what a pool's file needs."""
import sys

import pool
import xapi

if __name__ == "__main__":
    version, setup = (sys.argv[1:] + ["6.5", "old"][len(sys.argv) - 1:])[:2]
    server = xapi.Server(pool.Pool(version), setup)
    print(f"[pool]\naddresses = 127.0.0.1, 127.0.0.2\nport = {server.port}\npins = {', '.join(server.pins)}", flush=True)
    print(f"# the password is: {server.pool.password}", flush=True)
    try:
        server.pool.stopping.wait()
    except KeyboardInterrupt:
        server.close()
