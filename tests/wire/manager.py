#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""manager.py DIR COMMAND...: what a service manager with a descriptor store does for one service.

COMMAND is started with NOTIFY_SOCKET.  Descriptors that its main process sends with FDSTORE=1 are held, and
those with FDSTOREREMOVE=1 held no more.  When the main process has failed and nothing of the service lives, it is
started again, with what is held (sd_listen_fds(3)).  SIGTERM goes to the main process; a service that ends with
status 0, or that was told to end, is not started again, and its status is ours.

DIR/main is the pid of the main process, DIR/states has a line for each of its messages, and DIR/starts one for each
start: how many descriptors it got.  As with WatchdogSec= the main process is asked to say that it lives."""
import array
import ctypes
import os
import select
import signal
import socket
import struct
import sys
import time

LISTEN_FIRST = 3
PR_SET_CHILD_SUBREAPER = 36
RESTART = 0.1  # seconds, as RestartSec=
WATCHDOG = 1000000  # us, as WatchdogSec=; here nobody is killed
UCRED = struct.Struct("iII")
folder, command = sys.argv[1], sys.argv[2:]


def note(name, text, how="a"):
    with open(os.path.join(folder, name), how) as f:
        f.write(text + "\n")


class Manager:
    def __init__(self):
        self.held, self.main, self.told, self.status = [], 0, False, None  # held: (name, descriptor)
        self.path = os.path.join(folder, "notify")
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.sock.bind(self.path)
        os.chmod(self.path, 0o777)  # for a main process that is another user

    def start(self):
        note("starts", str(len(self.held)))
        self.main = os.fork()
        if self.main == 0:
            self.become()
        note("main", str(self.main), "w")

    def become(self):
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        env = dict(os.environ, NOTIFY_SOCKET=self.path, WATCHDOG_USEC=str(WATCHDOG), WATCHDOG_PID=str(os.getpid()))
        if self.held:
            env.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(self.held)),
                       LISTEN_FDNAMES=":".join(name for name, _ in self.held))
        above = LISTEN_FIRST + len(self.held)
        copies = [os.dup(fd) for _, fd in self.held]
        while any(fd < above for fd in copies):
            copies = [fd if fd >= above else os.dup(fd) for fd in copies]
        for i, fd in enumerate(copies):
            os.dup2(fd, LISTEN_FIRST + i)
        os.closerange(above, 1024)
        os.execvpe(command[0], command, env)

    def forget(self, name):
        for n, fd in self.held:
            if n == name:
                os.close(fd)
        self.held = [h for h in self.held if h[0] != name]

    def hear(self):
        text, parts, _, _ = self.sock.recvmsg(4096, 4096)
        fds, sender = array.array("i"), 0
        for level, kind, octets in parts:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds.frombytes(octets)
            elif (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                sender = UCRED.unpack(octets)[0]
        lines = dict(line.split("=", 1) for line in text.decode().splitlines())
        if sender != self.main:  # NotifyAccess=main
            note("states", f"not of the main process: {lines}")
        elif lines.get("FDSTORE") == "1":
            self.held += [(lines["FDNAME"], fd) for fd in fds]
            fds = []
            note("states", f"held {lines['FDNAME']}")
        elif lines.get("FDSTOREREMOVE") == "1":
            self.forget(lines["FDNAME"])
        else:
            note("states", text.decode())
        for fd in fds:
            os.close(fd)

    def reap(self):
        """False when nothing of the service lives."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.main:
                self.status = os.waitstatus_to_exitcode(status)

    def tell(self, *_):
        self.told = True
        if self.status is None:
            os.kill(self.main, signal.SIGTERM)

    def run(self):
        wake, signals = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(signals)
        signal.signal(signal.SIGTERM, self.tell)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.start()
        while True:
            ready, _, _ = select.select([self.sock, wake], [], [])
            if self.sock in ready:
                self.hear()
            elif os.read(wake, 64) and not self.reap():
                if self.told or self.status == 0:
                    return self.status
                time.sleep(RESTART)
                self.status = None
                self.start()


ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
sys.exit(Manager().run() & 0xff)
