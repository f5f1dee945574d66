/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration of a link: defaults, and one copy for all links that have the same.  A server
 * has thousands of links of a few services, and a configuration is larger than all the rest of a
 * link.  The list is short, newest first: of what is further down a link gets a copy of its own.
 */
#include "ppp/link.h"

#include <stdlib.h>

#define SECOND	     1000000u
#define CONFIG_LOOKS 16u /* copies that are compared */

struct config_shared {
	struct ppp_config c;
	struct config_shared *next, **at;
	size_t users;
	struct ppp *typical; /* of rest.c; NULL = none yet */
};

/* With so many links one of them is remembered. */
#define CONFIG_MANY 4u

static struct config_shared *config_list;

static struct config_shared *config_of(const struct ppp_config *c)
{
	return (struct config_shared *)(uintptr_t)c; /* its first member */
}

void ppp_config_default(struct ppp_config *c)
{
	memset(c, 0, sizeof(*c));
	c->server = true;
	c->mru = PPP_MRU_DEFAULT;
	c->mtu = PPP_MRU_DEFAULT;
	c->accept_acfc = true;
	c->accept_pfc = true;
	c->auth[0] = PPP_AUTH_CHAP_MD5;
	c->n_auth = 1;
	c->echo_failures = 3;
	c->restart_timer = 3 * SECOND;
	c->max_configure = 10;
	c->max_terminate = 2;
	c->max_failure = 5;
	c->auth_timeout = 60 * SECOND;
	c->ipv4 = true;
	c->ipv6 = true;
}

/* A wrong configuration must not become an array index or an endless loop. */
static void config_tame(struct ppp_config *c)
{
	uint8_t n = 0;

	c->name[PPP_NAME_MAX] = 0;
	c->secret[PPP_SECRET_MAX] = 0;
	for (unsigned i = 0; i < c->n_auth && i < PPP_AUTHS; i++)
		if (c->auth[i] > PPP_AUTH_NONE && c->auth[i] < PPP_AUTHS &&
		    (c->server || c->auth[i] != PPP_AUTH_EAP))
			c->auth[n++] = c->auth[i];
	c->n_auth = n;
	if (c->mru < PPP_MRU_MIN)
		c->mru = PPP_MRU_MIN;
	if (c->mtu < PPP_MRU_MIN)
		c->mtu = PPP_MRU_MIN;
}

static void config_unlink(struct config_shared *s)
{
	*s->at = s->next;
	if (s->next)
		s->next->at = s->at;
}

static void config_link(struct config_shared *s)
{
	s->at = &config_list;
	s->next = config_list;
	if (s->next)
		s->next->at = &s->next;
	config_list = s;
}

/* Octet by octet, padding too: when that differs it costs a copy, no more. */
static struct config_shared *config_find(const struct ppp_config *c)
{
	unsigned looks = 0;

	for (struct config_shared *s = config_list; s && looks < CONFIG_LOOKS; s = s->next, looks++)
		if (!memcmp(&s->c, c, sizeof(*c)))
			return s;
	return NULL;
}

const struct ppp_config *ppp_config_share(const struct ppp_config *c)
{
	struct ppp_config tame;
	struct config_shared *s;

	memcpy(&tame, c, sizeof(tame));
	config_tame(&tame);
	s = config_find(&tame);
	if (s) {
		config_unlink(s);
	} else {
		s = calloc(1, sizeof(*s));
		if (s)
			memcpy(&s->c, &tame, sizeof(tame));
	}
	explicit_bzero(&tame, sizeof(tame));
	if (!s)
		return NULL;
	config_link(s);
	s->users++;
	return &s->c;
}

void ppp_config_unshare(const struct ppp_config *c)
{
	struct config_shared *s = config_of(c);

	if (!s)
		return;
	if (--s->users)
		return;
	config_unlink(s);
	ppp_link_wipe(s->typical, sizeof(*s->typical));
	ppp_link_wipe(s, sizeof(*s));
}

const struct ppp *ppp_config_typical(const struct ppp_config *c)
{
	return config_of(c)->typical;
}

void ppp_config_exemplify(const struct ppp_config *c, const struct ppp *p)
{
	struct config_shared *s = config_of(c);

	if (s->typical || s->users < CONFIG_MANY)
		return;
	s->typical = malloc(sizeof(*p));
	if (s->typical)
		memcpy(s->typical, p, sizeof(*p));
}
