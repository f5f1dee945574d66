-- SPDX-License-Identifier: GPL-2.0-or-later
-- How links carry frames in tests, in Ethernet and in UDP of port numbers that only tests have.  What Wireshark is taught
-- for everybody is in gw/wireshark/isthmus.lua.

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

-- The octet that the Linux kernel has in front of X.25, in the UDP of tests/wire/x25.
local x25_layer = Dissector.get("x.25")
local pseudo = Proto("x25pseudo", "X.25 behind the kernel's octet")

function pseudo.dissector(buffer, pinfo, tree)
	tree:add(pseudo, buffer(0, 1))
	if buffer(0, 1):uint() == 0 and buffer:len() > 1 then
		x25_layer:call(buffer(1):tvb(), pinfo, tree)
	end
	return buffer:len()
end
DissectorTable.get("udp.port"):add(7003, pseudo)
