/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "gw/sa.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SA_MAGIC 0x49535341u
#define SA_MOST	 (1u << 20)

struct sa_list {
	uint32_t magic, record; /* octets of one */
	uint32_t n, unused;
};

/* --- the list ---------------------------------------------------------------------------------- */

static bool sa_write(int fd, const void *octets, size_t len)
{
	return write(fd, octets, len) == (ssize_t)len;
}

int sa_list_new(const struct sa *sa, unsigned n)
{
	const struct sa_list head = {.magic = SA_MAGIC, .record = sizeof(*sa), .n = n};
	int fd = memfd_create("associations", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	if (sa_write(fd, &head, sizeof(head)) && (!n || sa_write(fd, sa, n * sizeof(*sa))) &&
	    !fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL))
		return fd;
	close(fd);
	return -ENOSPC;
}

static bool sa_read_record(struct sa *out, int fd, const struct sa_list *head, unsigned i)
{
	size_t len = head->record < sizeof(*out) ? head->record : sizeof(*out);

	return pread(fd, out, len, (off_t)(sizeof(*head) + (size_t)i * head->record)) ==
		       (ssize_t)len &&
	       memchr(out->enc, '\0', SA_NAME) && memchr(out->auth, '\0', SA_NAME);
}

static int sa_order(const void *a, const void *b)
{
	const struct sa *x = a, *y = b;

	if (x->mark != y->mark)
		return x->mark < y->mark ? -1 : 1;
	if (x->added != y->added)
		return x->added > y->added ? -1 : 1;
	return x->spi < y->spi ? -1 : x->spi > y->spi;
}

bool sa_table_read(struct sa_table *t, int fd)
{
	struct sa_list head;
	struct stat st;

	*t = (struct sa_table){NULL, 0};
	if (fstat(fd, &st) < 0 || pread(fd, &head, sizeof(head), 0) != (ssize_t)sizeof(head) ||
	    head.magic != SA_MAGIC || head.record < sizeof(struct sa) || head.record > 4096 ||
	    head.n > SA_MOST ||
	    (uint64_t)st.st_size != sizeof(head) + (uint64_t)head.n * head.record)
		return false;
	t->sa = calloc(head.n ? head.n : 1, sizeof(*t->sa));
	for (; t->sa && t->n < head.n; t->n++)
		if (!sa_read_record(&t->sa[t->n], fd, &head, t->n)) {
			sa_table_free(t);
			return false;
		}
	if (t->n)
		qsort(t->sa, t->n, sizeof(*t->sa), sa_order);
	return t->sa;
}

void sa_table_free(struct sa_table *t)
{
	free(t->sa);
	*t = (struct sa_table){NULL, 0};
}

bool sa_table_same(const struct sa_table *a, const struct sa_table *b)
{
	return a->n == b->n && (!a->n || !memcmp(a->sa, b->sa, a->n * sizeof(*a->sa)));
}

/* The first with this mark, or where it would be. */
static unsigned sa_first(const struct sa_table *t, uint32_t mark)
{
	unsigned low = 0, high = t->n;

	while (low < high) {
		unsigned mid = low + (high - low) / 2;

		if (t->sa[mid].mark < mark)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct sa_pair sa_find(const struct sa_table *t, bool v6, const uint8_t peer[16], uint32_t mark)
{
	const size_t len = v6 ? 16 : 4;
	struct sa_pair p = {NULL, NULL};

	for (unsigned i = sa_first(t, mark); i < t->n && t->sa[i].mark == mark; i++) {
		const struct sa *s = &t->sa[i];

		if (s->v6 != v6)
			continue;
		if (!p.in && !memcmp(s->src, peer, len))
			p.in = s;
		else if (!p.out && !memcmp(s->dst, peer, len))
			p.out = s;
	}
	return p;
}

/* --- ESP --------------------------------------------------------------------------------------- */

/* What is sent in front of the encrypted octets, and of what their number is a multiple (RFC 4303
 * section 2.4: at least 4). */
static const struct sa_cipher {
	const char *name;
	uint8_t iv, block;
} sa_ciphers[] = {
	{"cbc(aes)", 16, 16},	     {"cbc(camellia)", 16, 16},
	{"cbc(des3_ede)", 8, 8},     {"rfc3686(ctr(aes))", 8, 4},
	{"rfc4106(gcm(aes))", 8, 4}, {"rfc4309(ccm(aes))", 8, 4},
	{"rfc4543(gcm(aes))", 8, 4}, {"rfc7539esp(chacha20,poly1305)", 8, 4},
	{"ecb(cipher_null)", 0, 4},
};

/* The largest there are, for one that is not in the table. */
static struct sa_cipher sa_cipher_of(const struct sa *s)
{
	for (size_t i = 0; i < sizeof(sa_ciphers) / sizeof(sa_ciphers[0]); i++)
		if (!strcmp(sa_ciphers[i].name, s->enc))
			return sa_ciphers[i];
	return (struct sa_cipher){s->enc, 16, 16};
}

uint32_t sa_room(const struct sa *out, uint32_t path)
{
	const struct sa_cipher c = sa_cipher_of(out);
	const uint32_t ip = out->v6 ? 40 : 20, udp = 8, spi_and_number = 8, trailer = 2;
	const uint32_t around = ip + (out->encap ? udp : 0) + spi_and_number + c.iv + out->icv;
	uint32_t inner = path > around ? path - around : 0;

	inner -= inner % c.block;
	return inner > trailer + udp ? inner - trailer - udp : 0;
}

int sa_text(char *buf, size_t cap, const struct sa_pair *p)
{
	const struct sa *s = p->out ? p->out : p->in;

	if (!s)
		return snprintf(buf, cap, "none");
	return snprintf(buf, cap,
			"spi 0x%08" PRIx32 " in, 0x%08" PRIx32 " out, mark 0x%" PRIx32
			", reqid %" PRIu32 ", %s %" PRIu32 "%s%s%s",
			p->in ? p->in->spi : 0, p->out ? p->out->spi : 0, s->mark, s->reqid, s->enc,
			s->bits, *s->auth ? ", " : "", s->auth, s->encap ? ", in UDP" : "");
}
