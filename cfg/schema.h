/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows and tables of keys, and how to look one up.  A row is all there is to a key: its name, its
 * values, its help, and where the value is stored.  Checking, libconfuse's own tables, the model
 * and the help all read these rows.
 */
#ifndef CFG_SCHEMA_H
#define CFG_SCHEMA_H

#include "cfg/item.h"

enum cfg_kind {
	CFG_K_TEXT,	   /* const char * */
	CFG_K_NUMBER,	   /* min..max, an unsigned of `width` octets */
	CFG_K_BOOL,	   /* yes or no */
	CFG_K_TIME,	   /* "10s": uint64_t, microseconds, min..max */
	CFG_K_RATE,	   /* "2M": uint64_t, bit/s, min..max */
	CFG_K_WORD,	   /* one of words: its index */
	CFG_K_IPV4,	   /* uint32_t, host order */
	CFG_K_PREFIX,	   /* network/bits */
	CFG_K_REF,	   /* const pointer to the section `words` of that name; of a list, struct
			      cfg_refs */
	CFG_K_SECRET,	   /* text that is never shown */
	CFG_K_SECRET_FILE, /* file with that text in its first line */
};

/* When another value takes effect at a reload; a later one is the stronger. */
enum cfg_when {
	CFG_WHEN_SECTION, /* as the section's; there: new calls */
	CFG_WHEN_LIVE,	  /* at once */
	CFG_WHEN_NEW,	 /* what begins after it, a tunnel, call or log-in; what is there goes on */
	CFG_WHEN_REOPEN, /* the port is closed and opened again */
	CFG_WHEN_ENDS,	 /* what is there ends */
	CFG_WHEN_RESTART, /* at the next start of the gateway, or an upgrade */
};

extern const char *const cfg_when_words[];

enum cfg_key_flag {
	CFG_KEY_REQUIRED = 1,
	CFG_KEY_LIST = 2,
};

struct cfg_key {
	const char *name;
	uint8_t kind, flags;
	int64_t min, max; /* both 0 = any */
	const char *words;
	const char *deflt; /* for the help; NULL = the value of a new object */
	const char *help;  /* one line */
	size_t offset;	   /* in the section's struct */
	uint8_t width;
	/* NULL = store by kind, offset and width.  text: the value, or the file's for SECRET_FILE
	 */
	void (*set)(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text);
	const struct ist_key *ist; /* a transport's */
	uint8_t when;		   /* enum cfg_when */
};

enum cfg_section {
	CFG_S_TOP,
	CFG_S_VTY,
	CFG_S_CONTROL,
	CFG_S_METRICS,
	CFG_S_LOG,
	CFG_S_PEER,
	CFG_S_POOL,
	CFG_S_SERVICE,
	CFG_S_USER,
	CFG_S_CLIENT,
	CFG_S_ROUTE,
	CFG_S_OUTGOING,
	CFG_S_RADIUS,
	CFG_S_RADIUS_SERVER,
	CFG_S_COA_CLIENT,
	CFG_S_FILTER,
	CFG_S_PORT,
	CFG_S_CIRCUIT,
	CFG_S_ACCEPT,
};

struct cfg_schema {
	enum cfg_section section;
	const char *word;
	const char *title; /* the word after it, "NAME"; NULL = none */
	const char *help;
	const struct cfg_key *key;
	unsigned keys;
	const struct cfg_schema *const *sub; /* ends with NULL */
	const struct ist_transport *transport;
	uint8_t when, when_removed;		     /* enum cfg_when; removed 0 = as `when` */
	size_t size;				     /* of the object */
	void (*init)(struct cfg_load *l, void *obj); /* defaults; NULL = zeros */
	/* Defaults that depend on other keys, once all keys are stored; or NULL. */
	void (*finish)(struct cfg_load *l, const struct cfg_item *it);
};

/* When another value of this key of the section takes effect. */
enum cfg_when cfg_key_when(const struct cfg_schema *s, const struct cfg_key *k);
bool cfg_schema_is_top(const struct cfg_schema *top, const char *word);
const struct cfg_key *cfg_schema_key(const struct cfg_schema *s, const char *name);
const struct cfg_schema *cfg_schema_sub(const struct cfg_schema *s, const char *word);
/* The next section of this kind after `after` (NULL = the first) that was not dropped. */
struct cfg_item *cfg_next(const struct cfg_item *parent, const struct cfg_item *after,
			  enum cfg_section kind);

/* For rows: offset and width of the value; number of rows of a table. */
#define CFG_AT(type, m) .offset = offsetof(type, m), .width = sizeof(((type *)0)->m)
#define CFG_ROWS(a)	(sizeof(a) / sizeof((a)[0]))

static inline bool cfg_key_is_list(const struct cfg_key *k)
{
	return k && k->flags & CFG_KEY_LIST;
}

#endif
