/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/link/captures.h"

#include "tests/harness.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[] = "/tmp/isthmus-pcap-XXXXXX";

const char *path(const char *name)
{
	static char buf[4][sizeof(dir) + 256];
	static unsigned next;
	char *p = buf[next++ % 4];

	snprintf(p, sizeof(buf[0]), "%s/%s", dir, name);
	return p;
}

void capture_begin(struct capture *c, uint32_t link_type)
{
	c->w = wr_init(c->octets, sizeof(c->octets));
	pcap_file_encode(wr_room(&c->w, PCAP_FILE_HEAD), link_type);
}

void capture_add(struct capture *c, uint64_t us, const void *frame, uint32_t len, uint32_t wire_len)
{
	const struct pcap_record r = {us, len, wire_len};

	pcap_record_encode(wr_room(&c->w, PCAP_RECORD_HEAD), &r);
	wr_bytes(&c->w, frame, len);
	CU_ASSERT_FALSE_FATAL(c->w.bad);
}

void put_file(const char *name, const void *octets, size_t len)
{
	FILE *f = fopen(path(name), "wb");

	CU_ASSERT_FATAL(f && fwrite(octets, 1, len, f) == len && !fclose(f));
}

size_t get_file(const char *name, uint8_t *out, size_t cap)
{
	FILE *f = fopen(path(name), "rb");
	size_t n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	n = fread(out, 1, cap, f);
	fclose(f);
	return n;
}

void capture_link(struct end *e, const char *in, const char *out, const char *const *pairs)
{
	char text[200];

	snprintf(text, sizeof(text), "pcap:%s%s%s", in ? path(in) : "", out ? ">" : "",
		 out ? path(out) : "");
	end_open(e, text, pairs);
}

void captures_begin(void)
{
	signal(SIGPIPE, SIG_IGN); /* as the daemon does */
	strcpy(dir, "/tmp/isthmus-pcap-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
}

void captures_end(void)
{
	DIR *d = opendir(dir);

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	for (const struct dirent *f; (f = readdir(d));)
		if (f->d_name[0] != '.')
			CU_ASSERT_EQUAL(unlink(path(f->d_name)), 0);
	closedir(d);
	CU_ASSERT_EQUAL(rmdir(dir), 0);
}
