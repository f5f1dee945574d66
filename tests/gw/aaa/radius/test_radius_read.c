/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets of RFC 2865 section 7 and RFC 5997 section 6; where an RFC has none, made by Python's
 * hashlib and hmac after the RFC's formula. */
#include "gw/aaa/radius/radius.h"
#include "tests/harness.h"

#include <stdio.h>

#define SECRET	   "xyzzy5461"
#define SECRET_LEN 9u

static uint8_t octets[RADIUS_MAX + 8];
static struct radius_packet p;

static bool read_hex(const char *hex)
{
	return radius_open(&p, octets, test_hex(octets, sizeof(octets), hex));
}

static void read_fine(const char *hex)
{
	CU_ASSERT_TRUE_FATAL(read_hex(hex));
}

static enum radius_proof read_proof(const char *request)
{
	uint8_t auth[RADIUS_AUTH];

	test_hex(auth, sizeof(auth), request);
	return radius_prove_answer(&p, auth, SECRET, SECRET_LEN);
}

#define NEMO	  "0f403f94739780 57bd83d5cb98f4227a"
#define ONE_TO_16 "0102030405060708090a0b0c0d0e0f10"

static const char telnet[] = "02000026 86fe220e7624ba2a1005f6bf9b55e0b2 060600000001 0f0600000000 "
			     "0e06c0a80103";

static void rfc2865_7_1_answer(void)
{
	struct radius_walk at;
	struct radius_value v;

	read_fine(telnet);
	CU_ASSERT_EQUAL(p.code, RADIUS_ACCESS_ACCEPT);
	CU_ASSERT_EQUAL(p.id, 0);
	CU_ASSERT_EQUAL(read_proof(NEMO), RADIUS_UNPROVED);
	CU_ASSERT_EQUAL(read_proof(ONE_TO_16), RADIUS_FORGED);
	at = radius_walk(&p);
	CU_ASSERT_TRUE(radius_next(&at, &v));
	CU_ASSERT_EQUAL(v.name, RADIUS_SERVICE_TYPE);
	CU_ASSERT_EQUAL(v.number, 1);
	CU_ASSERT_TRUE(radius_next(&at, &v)); /* Login-Service: not in the dictionary */
	CU_ASSERT_EQUAL(v.name, RADIUS_NAMES);
	CU_ASSERT_EQUAL(v.octets.left, 4);
	CU_ASSERT_TRUE(radius_next(&at, &v));
	CU_ASSERT_FALSE(radius_next(&at, &v));
}

static void rfc2865_7_2_answer(void)
{
	struct radius_walk at;
	struct radius_value v;
	uint32_t address = 0, mtu = 0;

	read_fine("02010038 15efbc7dab26cfa3dc34d9c03c8601a4 060600000002 070600000001 "
		  "0806fffffffe 0a0600000002 0d0600000001 0c06000005dc");
	CU_ASSERT_EQUAL(read_proof("2aee86f08d0d55969ca5978e0d3367a2"), RADIUS_UNPROVED);
	for (at = radius_walk(&p); radius_next(&at, &v);) {
		if (v.name == RADIUS_FRAMED_IP_ADDRESS)
			address = v.number;
		if (v.name == RADIUS_FRAMED_MTU)
			mtu = v.number;
	}
	CU_ASSERT_EQUAL(address, 0xfffffffe);
	CU_ASSERT_EQUAL(mtu, 1500);
}

static void rfc2865_7_3_challenge(void)
{
	struct radius_walk at;
	struct radius_value v;

	read_fine(
		"0b02004e 36f3c8764ae8c71157403c0c71ff9c45 12304368616c6c656e67652033323736393433"
		"302e2020456e74657220726573706f6e73652061742070726f6d70742e 180a3332373639343330");
	CU_ASSERT_EQUAL(p.code, RADIUS_ACCESS_CHALLENGE);
	CU_ASSERT_EQUAL(read_proof("f3a47a1f6a6d76710b947ab93041a039"), RADIUS_UNPROVED);
	at = radius_walk(&p);
	CU_ASSERT_TRUE(radius_next(&at, &v));
	CU_ASSERT_EQUAL(v.name, RADIUS_REPLY_MESSAGE);
	ASSERT_OCTETS(v.octets.p, v.octets.left, "Challenge 32769430.  Enter response at prompt.",
		      46);
	CU_ASSERT_TRUE(radius_next(&at, &v));
	CU_ASSERT_EQUAL(v.name, RADIUS_STATE);
	ASSERT_OCTETS(v.octets.p, v.octets.left, "32769430", 8);
}

static void rfc5997_6_answers(void)
{
	read_fine("02da0014 ef0d552a4bf2d693ec2b6fe8b5411d66");
	CU_ASSERT_EQUAL(read_proof("8a54f4686fb394c52866e30218 5d0623"), RADIUS_UNPROVED);
	read_fine("02470034 46f43e62fd0354424cbbebfd6d214e06 12205241444955532053657276657220757020"
		  "3220646179732c2031383a3430");
	CU_ASSERT_EQUAL(read_proof("bf58de56ae408ad3b70c8513f9b03fbe"), RADIUS_UNPROVED);
}

static const char proved[] = "0207002cd962c2d0c7634b7fbc8f1a9702e3a42e"
			     "501223995d0ee9cb49803d3115ce8be4f24b 08060a010203";

static void an_answer_with_both_proofs(void)
{
	read_fine(proved);
	CU_ASSERT_EQUAL(p.proof, 22);
	CU_ASSERT_EQUAL(read_proof(ONE_TO_16), RADIUS_PROVED);
	CU_ASSERT_EQUAL(radius_prove_answer(&p, p.octets + 4, SECRET, SECRET_LEN), RADIUS_FORGED);
	for (size_t i = 0; i < p.len; i++) {
		octets[i] ^= 1;
		if (radius_open(&p, octets, 44))
			CU_ASSERT_EQUAL(read_proof(ONE_TO_16), RADIUS_FORGED);
		octets[i] ^= 1;
	}
}

/* CVE-2024-3596: who can collide MD5 can make the authenticator, not the HMAC. */
static void a_wrong_message_authenticator_is_forged(void)
{
	/* the authenticator is right for these octets */
	read_fine("0207002c 4aaad3e508f30a81508da905d4bad07e"
		  "5012 00000000000000000000000000000000 08060a010203");
	CU_ASSERT_EQUAL(read_proof(ONE_TO_16), RADIUS_FORGED);
}

static void rfc5176_a_request(void)
{
	read_fine("2b09002bf213a228298d596e1cde0cc95e445bd5"
		  "5012fc35133825ed9ff1667007d2ed0d7283 2c05616263");
	CU_ASSERT_EQUAL(radius_prove_request(&p, SECRET, SECRET_LEN), RADIUS_PROVED);
	CU_ASSERT_EQUAL(radius_prove_request(&p, "xyzzy5462", SECRET_LEN), RADIUS_FORGED);
	read_fine("0405001a38b54a38663b11d65fc07f4ee21a1430 280600000001");
	CU_ASSERT_EQUAL(radius_prove_request(&p, SECRET, SECRET_LEN), RADIUS_UNPROVED);
}

/* --- lengths ----------------------------------------------------------------------------------- */

#define NOBODY "00000000000000000000000000000000"

static void lengths_of_a_packet(void)
{
	static const struct {
		const char *hex;
		bool ok;
	} rows[] = {
		{"", false},
		{"02000014" NOBODY, true},
		{"02000014" NOBODY "0102", true}, /* padding */
		{"02000013" NOBODY, false},
		{"02000015" NOBODY, false},	   /* more than there is */
		{"02000015" NOBODY "01", false},   /* half a head */
		{"02000016" NOBODY "0102", false}, /* User-Name of nothing */
		{"02000016" NOBODY "c802", true},  /* unknown, and empty */
		{"02000016" NOBODY "0101", false}, /* less than its head */
		{"02000016" NOBODY "0100", false},
		{"02000016" NOBODY "0103", false}, /* over the end */
		{"02000017" NOBODY "010361", true},
		{"02001001" NOBODY, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (read_hex(rows[i].hex) != rows[i].ok)
			fprintf(stderr, "row %zu\n", i);
		CU_ASSERT_EQUAL(read_hex(rows[i].hex), rows[i].ok);
	}
	memset(octets, 0, sizeof(octets));
	octets[2] = 0x10, octets[3] = 1;
	CU_ASSERT_FALSE(radius_open(&p, octets, RADIUS_MAX + 1));
}

/* A packet with one attribute. */
static bool read_one(uint32_t vendor, uint8_t type, size_t len)
{
	struct wr w = wr_init(octets, sizeof(octets));

	wr_u32(&w, 0x02000000);
	memset(wr_room(&w, RADIUS_AUTH), 0, RADIUS_AUTH);
	if (vendor) {
		wr_u8(&w, 26);
		wr_u8(&w, (uint8_t)(8 + len));
		wr_u32(&w, vendor);
	}
	wr_u8(&w, type);
	wr_u8(&w, (uint8_t)(2 + len));
	memset(wr_room(&w, len), 0, len);
	wr_patch16(&w, 2, (uint16_t)w.len);
	return radius_open(&p, octets, w.len);
}

static void each_attribute_has_its_lengths(void)
{
	for (unsigned i = 0; i < RADIUS_NAMES; i++) {
		const struct radius_attr *a = &radius_attrs[i];
		size_t most = a->vendor ? 247 : 253;

		CU_ASSERT_TRUE(a->most <= most && a->least <= a->most);
		CU_ASSERT_EQUAL(a->least == 0, i == RADIUS_IWF_SESSION); /* RFC 4679 3.3.18 */
		for (size_t len = 0; len <= most; len++)
			CU_ASSERT_EQUAL(read_one(a->vendor, a->type, len),
					len >= a->least && len <= a->most);
		CU_ASSERT_EQUAL(radius_find(a->vendor, a->type), i);
	}
	CU_ASSERT_EQUAL(radius_find(0, 26), RADIUS_NAMES);
	CU_ASSERT_TRUE(read_one(32473, 1, 0)); /* a stranger's */
}

static void a_prefix_has_its_octets(void)
{
	CU_ASSERT_TRUE(read_hex("0200001e" NOBODY "610a 0030 20010db8 0000"));
	CU_ASSERT_FALSE(read_hex("0200001e" NOBODY "610a 0031 20010db8 0000"));
	CU_ASSERT_FALSE(read_hex("0200001e" NOBODY "610a 0081 20010db8 0000"));
	CU_ASSERT_TRUE(read_hex("02000018" NOBODY "6104 0000"));
	CU_ASSERT_FALSE(read_hex("02000018" NOBODY "6104 0001"));
}

static void a_second_proof_is_refused(void)
{
	CU_ASSERT_TRUE(read_hex("02000026" NOBODY "5012" NOBODY));
	CU_ASSERT_FALSE(read_hex("02000038" NOBODY "5012" NOBODY "5012" NOBODY));
}

/* --- forms ------------------------------------------------------------------------------------- */

static void attributes_of_a_vendor_come_one_by_one(void)
{
	struct radius_walk at;
	struct radius_value v;

	read_fine("0200002c" NOBODY "1a12 00000137 1c06c0000201 1d06c0000202 1a06 00007ed9");
	at = radius_walk(&p);
	CU_ASSERT_TRUE(radius_next(&at, &v));
	CU_ASSERT_EQUAL(v.name, RADIUS_MS_PRIMARY_DNS);
	CU_ASSERT_EQUAL(v.number, 0xc0000201);
	CU_ASSERT_TRUE(radius_next(&at, &v));
	CU_ASSERT_EQUAL(v.name, RADIUS_MS_SECONDARY_DNS);
	CU_ASSERT_EQUAL(v.number, 0xc0000202);
	CU_ASSERT_TRUE(radius_next(&at, &v));
	CU_ASSERT_EQUAL(v.name, RADIUS_NAMES);
	CU_ASSERT_FALSE(radius_next(&at, &v));
	CU_ASSERT_FALSE(read_hex("0200001c" NOBODY "1a08 00000137 1c06"));
	CU_ASSERT_FALSE(read_hex("02000019" NOBODY "1a05 000001"));
}

static struct radius_value read_value(const char *hex)
{
	struct radius_walk at;
	struct radius_value v = {0};

	read_fine(hex);
	at = radius_walk(&p);
	CU_ASSERT_TRUE(radius_next(&at, &v));
	return v;
}

static void rfc2868_tags(void)
{
	struct radius_value v = read_value("0200001a" NOBODY "4006 01000003");

	CU_ASSERT_EQUAL(v.name, RADIUS_TUNNEL_TYPE);
	CU_ASSERT_EQUAL(v.tag, 1);
	CU_ASSERT_EQUAL(v.number, 3);
	v = read_value("0200001a" NOBODY "4006 20000003"); /* no tag, yet its octet */
	CU_ASSERT_EQUAL(v.tag, 0);
	CU_ASSERT_EQUAL(v.number, 3);
	v = read_value("0200001e" NOBODY "430a 1f 31302e312e3032");
	CU_ASSERT_EQUAL(v.tag, 31);
	ASSERT_OCTETS(v.octets.p, v.octets.left, "10.1.02", 7);
	v = read_value("0200001e" NOBODY "430a 31302e312e303235");
	CU_ASSERT_EQUAL(v.tag, 0);
	ASSERT_OCTETS(v.octets.p, v.octets.left, "10.1.025", 8);
}

#define HIDDEN "80016893dd7bad2d327ba2bc35500887a5a48d0f7378d1efcbf76f7212834a727948"

static int read_reveal(const char *hex, uint8_t *out)
{
	struct radius_value v = read_value(hex);
	uint8_t auth[RADIUS_AUTH];

	test_hex(auth, sizeof(auth), ONE_TO_16);
	return radius_reveal(&v, auth, SECRET, SECRET_LEN, out);
}

static void rfc2868_3_5_a_hidden_password(void)
{
	uint8_t out[RADIUS_VALUE_MAX];

	CU_ASSERT_EQUAL(read_reveal("02000039" NOBODY "4525 02" HIDDEN, out), 21);
	ASSERT_OCTETS(out, 21, "tunnel secret of 21 o", 21);
	CU_ASSERT_EQUAL(read_reveal("0200003e" NOBODY "1a2a 00000137 1024" HIDDEN, out), 21);
	/* the length inside is wrong, and no whole blocks */
	CU_ASSERT_EQUAL(read_reveal("02000039" NOBODY
				    "4525 02 8001 ff93dd7bad2d327ba2bc35500887a5a4"
				    "8d0f7378d1efcbf76f7212834a727948",
				    out),
			-1);
	CU_ASSERT_EQUAL(read_reveal("02000038" NOBODY
				    "4524 02 8001 6893dd7bad2d327ba2bc35500887a5a4"
				    "8d0f7378d1efcbf76f7212834a7279",
				    out),
			-1);
}

static const struct test_case cases[] = {
	{"rfc2865_7_1_answer", rfc2865_7_1_answer},
	{"rfc2865_7_2_answer", rfc2865_7_2_answer},
	{"rfc2865_7_3_challenge", rfc2865_7_3_challenge},
	{"rfc5997_6_answers", rfc5997_6_answers},
	{"an_answer_with_both_proofs", an_answer_with_both_proofs},
	{"a_wrong_message_authenticator_is_forged", a_wrong_message_authenticator_is_forged},
	{"rfc5176_a_request", rfc5176_a_request},
	{"lengths_of_a_packet", lengths_of_a_packet},
	{"each_attribute_has_its_lengths", each_attribute_has_its_lengths},
	{"a_prefix_has_its_octets", a_prefix_has_its_octets},
	{"a_second_proof_is_refused", a_second_proof_is_refused},
	{"attributes_of_a_vendor_come_one_by_one", attributes_of_a_vendor_come_one_by_one},
	{"rfc2868_tags", rfc2868_tags},
	{"rfc2868_3_5_a_hidden_password", rfc2868_3_5_a_hidden_password},
	{NULL, NULL},
};
const struct test_suite suite_radius_read = {"radius_read", cases};
