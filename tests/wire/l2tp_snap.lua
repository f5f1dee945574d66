-- SPDX-License-Identifier: GPL-2.0-or-later
-- tshark knows the L2TP SNAP 00-00-5E/0007 by no name; its L2TP dissector is reachable only through
-- udp.port 1701.  This takes it from there for Frame Relay (RFC 3070) and AAL5 (RFC 3355), and gives it
-- the name "l2tpraw" for link types that name their dissector.   tshark -X lua_script:l2tp_snap.lua
local l2tp = DissectorTable.get("udp.port"):get_dissector(1701)
local raw = Proto("l2tpraw", "L2TP without UDP")

function raw.dissector(buffer, pinfo, tree)
	return l2tp:call(buffer, pinfo, tree)
end
DissectorTable.get("llc.iana_pid"):add(7, raw)

-- Frame Relay frames in Ethernet (length, frame) and alone in UDP, as the links carry them.
local fr = Dissector.get("fr")
local ether = Proto("frether", "Frame Relay in Ethernet")

function ether.dissector(buffer, pinfo, tree)
	local length = buffer(0, 2):uint()
	fr:call(buffer(2, length):tvb(), pinfo, tree)
	return 2 + length
end
DissectorTable.get("ethertype"):add(0x88b5, ether)
DissectorTable.get("udp.port"):add(7001, fr)
