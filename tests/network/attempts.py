"""Tries everything that a program in a private network must not be able to do, and writes what came
of it: a line for each attempt, with the error's name.

    attempts.py FILE PORT NAME PID

PORT has a listener on the machine's own loopback, NAME is an abstract Unix socket out there, and PID
a process.
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct
import sys

file, port, name, pid = sys.argv[1:]
libc = ctypes.CDLL(None, use_errno=True)
lines = []


def attempt(what, action):
    try:
        action()
        outcome = "done"
    except socket.timeout:
        outcome = "no answer"
    except OSError as error:
        outcome = errno.errorcode.get(error.errno, str(error))
    lines.append(f"{what}: {outcome}")


def tcp(address):
    with socket.socket() as stream:
        stream.settimeout(5)
        stream.connect(address)
        try:
            stream.getpeername()
        except OSError as not_connected:
            # Linux may show that an attempt has ended a moment before it shows how, and Python then
            # takes it for a success.
            while not (error := stream.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)):
                pass
            raise OSError(error, "") from not_connected


def udp(address):
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        datagrams.settimeout(5)
        datagrams.connect(address)
        datagrams.send(b"x")
        datagrams.recv(1)


def unix(address):
    with socket.socket(socket.AF_UNIX) as stream:
        stream.connect(address)


def call(function, *arguments):
    if function(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "")


def add_route():
    """RTM_NEWROUTE, of 192.0.2.0/24 over the loopback: see rtnetlink(7)."""
    body = struct.pack("=BBBBBBBBI", socket.AF_INET, 24, 0, 0, 254, 4, 253, 1, 0)
    body += struct.pack("=HH4s", 8, 1, socket.inet_aton("192.0.2.0"))
    body += struct.pack("=HHI", 8, 4, 1)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
        netlink.send(struct.pack("=IHHII", 16 + len(body), 24, 0x405, 1, 0) + body)
        refused = -struct.unpack_from("=i", netlink.recv(4096), 16)[0]
    if refused:
        raise OSError(refused, "")


def change_address():
    """SIOCSIFADDR, of the loopback: see netdevice(7)."""
    address = struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton("192.0.2.1"))
    with socket.socket(type=socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8916, struct.pack("=16s16s8x", b"lo", address))


def mount():
    call(libc.mount, b"none", b"/mnt", b"tmpfs", 0, None)


def enter_network_of(process):
    with open(f"/proc/{process}/ns/net") as network:
        call(libc.setns, network.fileno(), 0)


for host in ["1.1.1.1", "169.254.169.254"]:
    attempt(f"TCP to {host}", lambda: tcp((host, 80)))
    attempt(f"UDP to {host}", lambda: udp((host, 80)))
attempt("TCP to the machine", lambda: tcp(("127.0.0.1", int(port))))
attempt("UDP to the machine", lambda: udp(("127.0.0.1", int(port))))
attempt("abstract socket", lambda: unix(b"\0" + name.encode()))
attempt("raw socket", lambda: socket.socket(type=socket.SOCK_RAW, proto=socket.IPPROTO_UDP))
attempt("packet socket", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("add a route", add_route)
attempt("change an address", change_address)
attempt("mount", mount)
attempt("leave", lambda: enter_network_of(pid))
with open("/proc/self/status") as status:
    lines += [line.strip() for line in status if line.startswith(("CapEff", "NoNewPrivs"))]
# Whoever has a user namespace has all rights there, and none here.
libc.unshare(0x10000000)
attempt("raw socket with a user namespace", lambda: socket.socket(type=socket.SOCK_RAW, proto=17))
attempt("add a route with a user namespace", add_route)

with open(file, "w") as out:
    out.writelines(line + "\n" for line in lines)
