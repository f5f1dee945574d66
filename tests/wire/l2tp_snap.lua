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
