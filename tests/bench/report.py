#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""report.py SAMPLES ROWS OFFLOADS QUICK TSV PLOT: the table of a run of tests/bench/bench.

A line of SAMPLES is GROUP, SUBJECT, VALUE, CPU ns, octets a second; or GROUP, "absent", why; or "wrong", SUBJECT, what.
Repetitions are paired in their order, each pair has its ratio; shown are the median and the range.  Ends with 1 when a
row that was asked for has neither figures nor a reason."""
import os
import statistics
import sys
from collections import defaultdict

# row, what, group of the numerator and its subject, of the denominator ("" = the value alone), unit, is more better,
# at least, aim
ROWS = [
    ("1", "up, 64 octets, bursts / l2tpns", "up64 ours", "up64 peer", "pps", True, 1.4, 1.6),
    ("2", "up, one by one: CPU ns / l2tpns", "up64-single:cpu ours", "up64-single:cpu peer", "ns", False, 1.0, 0.85),
    ("3", "up, 64 octets / the GRO floor", "up64 ours", "up64 up-gro", "pps", True, 0.85, 0.95),
    ("4", "down, 64 octets / l2tpns", "down64 ours", "down64 peer", "pps", True, 2.5, 3.3),
    ("5", "down, 64 octets / the UDP_SEGMENT floor", "down64 ours", "down64 down-segment", "pps", True, 0.85, 0.95),
    ("6", "TCP up, LAC client and LNS of ours / l2tpns as LNS", "tcp-up ours", "tcp-up peer", "bit/s", True, 4, 6.5),
    ("6", "TCP down, the same", "tcp-down ours", "tcp-down peer", "bit/s", True, 4, 6.5),
    ("7", "TCP up / the cable without a tunnel", "tcp-up ours", "tcp-up veth", "bit/s", True, 0.33, 0.45),
    ("7", "TCP down, the same", "tcp-down ours", "tcp-down veth", "bit/s", True, 0.33, 0.45),
    ("8", "up, one flow of 1400 octets / l2tpns", "up1400-flow ours", "up1400-flow peer", "pps", True, 2.3, 2.6),
    ("9", "tunnel switch / the receive and send floor", "switch64 ours", "switch64 switch-segment", "pps", True, 0.8, 0.9),
    ("10", "calls set up, 100 at a time / l2tpns", "calls ours", "calls peer", "/s", True, 3, 5),
    ("11", "100 tunnels at once / l2tpns one by one", "tunnels ours", "tunnels peer", "/s", True, 2, 4),
    ("12", "memory of a call", "memory ours", "", "kB", False, 1.5, 1),
    ("12", "the same, peak during set-up", "memory-peak ours", "", "kB", False, None, None),
    ("13", "up, all calls at random / 64 calls", "many-up all", "many-up few", "pps", True, 0.9, 0.95),
    ("13", "down, all calls at random / 64 calls", "many-down all", "many-down few", "pps", True, 0.9, 0.95),
    ("13a", "500,000 calls: rate at the end / at the start", "most-rate ours", "most-rate first", "/s", True, 0.8, 0.95),
    ("13a", "share of them that stay", "most-stay ours", "", "", True, 1, 1),
    ("13a", "memory of a call", "most-memory ours", "", "kB", False, None, None),
    ("14", "Frame Relay to Frame Relay / the AF_PACKET floor", "line-frame-relay ours", "line-frame-relay forward",
     "pps", True, 0.8, 0.9),
    ("14", "ATM to ATM, cells / the floor", "line-cells ours", "line-cells forward", "pps", True, 0.8, 0.9),
    ("14", "ATM to ATM, PDUs / the floor", "line-pdus ours", "line-pdus forward", "pps", True, 0.8, 0.9),
    ("14", "X.25 to X.25, LAPB / the floor", "line-x25 ours", "line-x25 forward", "pps", True, 0.8, 0.9),
    ("15", "two workers / one", "workers two", "workers one", "pps", True, 1.6, 1.75),
    ("16", "latency at a tenth of the load, p50 / l2tpns", "latency50 ours", "latency50 peer", "ns", False, 1.0, 0.7),
    ("16", "the same, p99 / l2tpns", "latency99 ours", "latency99 peer", "ns", False, 1.0, 0.7),
    ("17", "round trip of a lone packet, Frame Relay / UDP", "lone frame-relay", "lone udp", "ns", False, 1.5, 1.1),
    ("17", "the same, ATM / UDP", "lone atm", "lone udp", "ns", False, 1.5, 1.1),
    ("18", "TCP over X.25 / over Frame Relay", "tcp-media x25", "tcp-media frame-relay", "bit/s", True, 0.25, 0.5),
    ("19", "TCP over Frame Relay / the AF_PACKET floor", "tcp-media frame-relay", "tcp-media frame-relay-floor",
     "bit/s", True, 0.8, 0.9),
    ("19", "TCP over ATM cells / the AF_PACKET floor", "tcp-media atm", "tcp-media atm-floor", "bit/s", True, 0.8, 0.9),
    ("20", "lost at 80 % of the rate of row 1", "loss ours", "", "share", False, 1e-4, 0),
    ("21", "XDP up, 64 octets / our workers without offloads", "x-up64 xdp", "x-up64 xslow", "pps", True, 5, 10),
    ("21", "XDP up, 1400 octets, the same", "x-up1400 xdp", "x-up1400 xslow", "pps", True, 5, 10),
    ("21", "XDP down, 64 octets, the same", "x-down64 xdp", "x-down64 xslow", "pps", True, 5, 10),
    ("21", "XDP down, 1400 octets, the same", "x-down1400 xdp", "x-down1400 xslow", "pps", True, 5, 10),
    ("22", "XDP up, 64 octets / our workers with offloads", "x-up64 xdp", "x-up64 xgro", "pps", True, 4, 8),
    ("22", "XDP up, 1400 octets, the same", "x-up1400 xdp", "x-up1400 xgro", "pps", True, 4, 8),
    ("22", "XDP down, 64 octets, the same", "x-down64 xdp", "x-down64 xgro", "pps", True, 3, 5),
    ("23", "XDP up, 64 octets: CPU ns / our workers without offloads", "x-up64:cpu xdp", "x-up64:cpu xslow", "ns", False, 0.2, 0.1),
    ("23", "XDP up, 1400 octets, the same", "x-up1400:cpu xdp", "x-up1400:cpu xslow", "ns", False, 0.2, 0.1),
    ("23", "XDP down, 64 octets, the same", "x-down64:cpu xdp", "x-down64:cpu xslow", "ns", False, 0.2, 0.1),
    ("23", "XDP down, 1400 octets, the same", "x-down1400:cpu xdp", "x-down1400:cpu xslow", "ns", False, 0.2, 0.1),
    ("24", "XDP up, 60,000 calls at random / 64: CPU ns", "x-many-up:cpu all", "x-many-up:cpu few", "ns", False, 2.5, 1.5),
    ("24", "XDP down, the same", "x-many-down:cpu all", "x-many-down:cpu few", "ns", False, 2.5, 1.5),
    ("25", "XDP, switched UDP to UDP / up", "x-switch xdp", "x-up64 xdp", "pps", True, 0.8, 1.0),
    ("26", "what the program passes / without it", "x-passed xdp", "x-passed xgro", "pps", True, 0.95, 1.0),
    ("27", "calls set up, with the program / without", "x-calls xdp", "x-calls xgro", "/s", True, 0.95, 0.98),
    ("28", "lost, doubled, reordered or changed by it", "x-wrong xdp", "", "", False, 0, 0),
]
NAMES = {"ours": "isthmus", "peer": "l2tpns", "xdp": "isthmus-xdp", "xslow": "isthmus-plain", "xgro": "isthmus-offloads"}


class Run:
    """What was measured."""

    def __init__(self, path):
        self.values = defaultdict(list)
        self.cpu = defaultdict(list)
        self.octets = defaultdict(list)
        self.absent = {}
        self.wrong = []
        for line in open(path, encoding="utf-8"):
            field = line.rstrip("\n").split("\t")
            if field[0] == "wrong":
                self.wrong.append((field[1], field[2]))
            elif field[1] == "absent":
                self.absent[field[0]] = field[2]
            else:
                self.add(*field)

    def add(self, group, subject, value, cpu, octets):
        """One sample; the CPU time is a group of its own, too."""
        key = f"{group} {subject}"
        self.values[key].append(float(value))
        if cpu != "-":
            self.cpu[key].append(float(cpu))
            self.values[f"{group}:cpu {subject}"].append(float(cpu))
        if octets != "-":
            self.octets[key].append(float(octets))

    def why_absent(self, *keys):
        """Why one of these has no figures."""
        for key in keys:
            group, subject = (key.split(" ") + [""])[:2]
            group = group.split(":")[0]
            for name in (f"{group}-{subject}", group):
                if name in self.absent:
                    return self.absent[name]
        return None


class Row:
    """A row of the table, reckoned."""

    def __init__(self, run, spec):
        (self.number, self.what, top, bottom, self.unit, self.more, self.least, self.aim) = spec
        values, base = run.values.get(top), run.values.get(bottom)
        self.top, self.bottom = top, bottom
        self.value = statistics.median(values) if values else None
        self.cpu = median(run.cpu.get(plain(top)))
        self.octets = median(run.octets.get(plain(top)))
        self.base = median(base)
        if bottom:
            self.ratios = [v / b for v, b in zip(values or [], base or []) if b]
        else:
            self.ratios = values or []
        theirs = run.cpu.get(plain(bottom)) if self.unit == "pps" else None
        self.costs = [b / c for b, c in zip(theirs or [], run.cpu.get(plain(top)) or []) if c]
        self.why = None
        if not self.ratios:
            self.why = run.why_absent(top, bottom)
            if not self.why:
                self.why = "no figures of " + name_of(bottom if values else top)

    def verdict(self):
        """met, aim met, short, or why there is nothing."""
        if not self.ratios:
            return f"not run: {self.why}"
        got = statistics.median(self.ratios)
        if self.least is None:
            return "told"
        if (got >= self.aim) if self.more else (got <= self.aim):
            return "met (aim)"
        return "met" if ((got >= self.least) if self.more else (got <= self.least)) else "SHORT"


def plain(key):
    return key.replace(":cpu", "")


def median(values):
    return statistics.median(values) if values else None


def name_of(key):
    subject = key.split(" ")[-1]
    return NAMES.get(subject, subject)


def number(x):
    """Three digits and a unit."""
    if x is None:
        return "-"
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(x) >= size:
            return f"{x / (1e3 if unit == 'k' else size):.3g}{unit}"
    return f"{x:.3g}" if abs(x) < 1000 else f"{x:.0f}"


def goal(x, more):
    return ("" if x is None else f"{'>=' if more else '<='} {x:g}")


def spread(values):
    if not values:
        return "-"
    return f"{statistics.median(values):.3g} [{min(values):.3g}-{max(values):.3g}]"


def table(rows):
    """Columns as wide as what is in them."""
    head = ["row", "measure", "isthmus", "unit", "CPU ns", "octets/s", "reference", "ratio", "by CPU", "at least", "aim", ""]
    cells = [head]
    for r in rows:
        reference = f"{number(r.base)} {name_of(r.bottom)}" if r.bottom and r.base is not None else "-"
        cells.append([r.number, r.what, number(r.value), r.unit, number(r.cpu), number(r.octets), reference,
                      spread(r.ratios), spread(r.costs), goal(r.least, r.more), goal(r.aim, r.more), r.verdict()])
    width = [max(len(c[i]) for c in cells) for i in range(len(head))]
    width[-1] = 0
    for c in cells:
        print("  ".join(x.ljust(w) for x, w in zip(c, width)).rstrip())


def others(run, rows):
    """Subjects that no row shows as ours."""
    used = {plain(r.top) for r in rows}
    for key in sorted(run.values):
        if ":cpu" not in key and key not in used and run.cpu.get(key):
            print(f"  {key.replace(key.split(' ')[1], name_of(key)):28} {spread_of(run.values[key])} /s, "
                  f"{spread_of(run.cpu[key])} ns each")


def spread_of(values):
    return f"{number(statistics.median(values))} [{number(min(values))}-{number(max(values))}]"


def write_tsv(path, run, rows, offloads):
    with open(path, "w", encoding="utf-8") as f:
        f.write("kind\tname\tvalue\tmin\tmax\tat least\taim\tverdict\n")
        for r in rows:
            low, mid, high = ("", "", "") if not r.ratios else (
                min(r.ratios), statistics.median(r.ratios), max(r.ratios))
            f.write(f"row\t{r.number} {r.what}\t{mid}\t{low}\t{high}\t{r.least}\t{r.aim}\t{r.verdict()}\n")
        for key, values in sorted(run.values.items()):
            for v in values:
                f.write(f"sample\t{key}\t{v}\n")
        for who, what in run.wrong:
            f.write(f"wrong\t{who}\t{what}\n")
        f.write("offloads\t" + offloads.replace("\n", "; ").replace("\t", " ") + "\n")


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bar(r, y):
    """A row of the drawing: how much of the least that was asked for; 1 = just that."""
    if not r.ratios or not r.least or not r.aim:
        return f'<text x="330" y="{y + 12}" fill="#888">{escape(r.verdict()[:70])}</text>'
    def reach(x):
        return min(max(x / r.least if r.more else r.least / max(x, 1e-9), 0), 2.5) * 160
    mid = reach(statistics.median(r.ratios))
    low, high = sorted((reach(min(r.ratios)), reach(max(r.ratios))))
    colour = {"met (aim)": "#2a7", "met": "#6b5"}.get(r.verdict(), "#d74")
    return (f'<rect x="330" y="{y}" width="{mid:.1f}" height="14" fill="{colour}"/>'
            f'<path d="M{330 + low:.1f} {y + 7}H{330 + high:.1f}" stroke="#333"/>'
            f'<path d="M{330 + reach(r.aim):.1f} {y - 2}V{y + 16}" stroke="#06c" stroke-dasharray="2 2"/>'
            f'<text x="740" y="{y + 12}">{escape(spread(r.ratios))}</text>')


def write_plot(path, rows):
    height = 40 + 22 * len(rows)
    with open(path, "w", encoding="utf-8") as f:
        f.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="920" height="{height}" font-family="sans-serif" '
                'font-size="12"><rect width="100%" height="100%" fill="white"/>'
                '<text x="8" y="16">median and range, as a share of the least that is asked for '
                '(line), and the aim (dashed)</text>')
        for i, r in enumerate(rows):
            f.write(f'<text x="8" y="{42 + 22 * i}">{escape(r.number + "  " + r.what)}</text>' + bar(r, 30 + 22 * i))
        f.write(f'<path d="M490 24V{height - 8}" stroke="#333"/></svg>\n')


def main(path, wanted, offloads, quick, tsv, plot):
    run = Run(path)
    rows = [Row(run, spec) for spec in ROWS if wanted == "all" or spec[0] in wanted.split(",")]
    print()
    table(rows)
    print("\nbeside them, median [range]:")
    others(run, rows)
    print("\noffloads of isthmus:\n  " + offloads.replace("\n", "\n  "))
    for who, what in run.wrong:
        print(f"WRONG {NAMES.get(who, who)}: {what}")
    if quick == "1":
        print("a quick run: these figures mean nothing")
    if tsv:
        write_tsv(tsv, run, rows, offloads)
    if plot:
        write_plot(plot, rows)
    return any(r.why and r.why.startswith("no figures") for r in rows)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:7]))
