-- SPDX-License-Identifier: GPL-2.0-or-later
-- Wireshark knows the L2TP SNAP 00-00-5E/0007 by no name; its L2TP dissector is reachable only through
-- udp.port 1701.  This takes it from there for Frame Relay (RFC 3070), AAL5 (RFC 3355) and X.25 (RFC 1356), and
-- gives it the name "l2tpraw" for link types that name their dissector, as captures of isthmus do.
local l2tp = DissectorTable.get("udp.port"):get_dissector(1701)
local raw = Proto("l2tpraw", "L2TP without UDP")

function raw.dissector(buffer, pinfo, tree)
	return l2tp:call(buffer, pinfo, tree)
end
DissectorTable.get("llc.iana_pid"):add(7, raw)

-- X.25: on a switched circuit the call user data say what it carries, 80 SNAP or 00 null encapsulation
-- (RFC 1356); the X.25 dissector keeps that first octet in mind.  On a permanent one nothing does, so what
-- looks like L2TP is.
local snap = "8000005E0007"
local x25 = Proto("x25snap", "X.25 SNAP and null encapsulation")

local function is_snap(buffer)
	return buffer:len() > 6 and buffer(0, 6):bytes():tohex() == snap
end

function x25.dissector(buffer, pinfo, tree)
	if buffer:len() == 5 or buffer:len() == 0 then
		return buffer:len() -- the rest of the call user data
	end
	if is_snap(buffer) then
		return l2tp:call(buffer(6):tvb(), pinfo, tree)
	end
	return l2tp:call(buffer, pinfo, tree)
end
DissectorTable.get("x.25.spi"):add(0x80, x25)
DissectorTable.get("x.25.spi"):add(0x00, x25)

x25:register_heuristic("x.25", function(buffer, pinfo, tree)
	if is_snap(buffer) then
		buffer = buffer(6):tvb()
	elseif buffer:len() < 6 or bit32.band(buffer(0, 2):uint(), 0x340f) ~= 2 then
		return false
	end
	l2tp:call(buffer, pinfo, tree)
	return true
end)
