/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration as a const model: text in, one immutable tree of structs out, or a list of
 * everything that is wrong with the text.  libconfuse lives behind this header only.
 *
 * A model owns everything it points to and is freed as a whole; callers copy what they keep longer.
 * Transports bring their keys as tables (struct ist_key); cfg/ knows no medium.
 */
#ifndef CFG_CFG_H
#define CFG_CFG_H

#include "core/engine.h"
#include "ppp/ppp.h"
#include "transports/transport.h"

#include <stdio.h>

/* File and line of a section or key, for messages. */
struct cfg_where {
	const char *file;
	unsigned line;
};

/* IPv4 or IPv6 prefix; v4 in the last four octets. */
struct cfg_prefix {
	bool v6;
	uint8_t bits;
	uint8_t addr[16];
};

struct cfg_port;

/* The other end of a circuit whose PPP goes on by another circuit.  Both ends have one, or an
 * accept section has one and the circuit has none. */
struct cfg_join {
	const struct cfg_port *port; /* NULL = no join */
	const char *address;	     /* on that port */
};

struct bpf_insn;

/* The most that a leg may carry in each direction, bit/s; 0 = no limit. */
enum cfg_rate {
	CFG_RATE_UP, /* from the far end */
	CFG_RATE_DOWN,
	CFG_RATES
};
#define CFG_RATE_MAX UINT64_C(100000000000)
struct cfg_rates {
	uint64_t bps[CFG_RATES];
	uint64_t burst; /* us at the rate that may come at once; 0 = as ever */
};
/* "2M", "512k", "0": bit/s, at most CFG_RATE_MAX. */
bool cfg_parse_rate(uint64_t *out, const char *text);
/* The text of a time, as 20ms or 1h, in us; false: it is none. */
bool cfg_parse_time(uint64_t *out, const char *text);

/* A filter expression (pcap-filter) and the program it was compiled to; text NULL = none. */
struct cfg_filter {
	char *text;
	struct bpf_insn *insn;
	unsigned n; /* instructions */
};
enum cfg_filter_place {
	CFG_FILTER_IN, /* IP packets from and to the peer */
	CFG_FILTER_OUT,
	CFG_FILTER_PPP_IN, /* PPP frames */
	CFG_FILTER_PPP_OUT,
	CFG_FILTERS
};
/* Compile an expression for IP packets, or for PPP frames (DLT_PPP).  False with words in err.  A
 * name of a host in it is looked up meanwhile. */
bool cfg_filter_compile(struct cfg_filter *out, const char *text, bool ppp, char *err, size_t cap);
/* One that cfg_filter_compile() made, or of zeros. */
void cfg_filter_free(struct cfg_filter *f);

/* What a LAC does with PPP of a circuit before it places the call. */
struct cfg_lcp {
	uint8_t proxy; /* LCP and authentication are ours, the LNS is told of them; 0 = blind */
	uint8_t auth[PPP_AUTHS], n_auth; /* with proxy: methods to ask for, in this order */
	uint16_t mru;			 /* offered */
};

struct cfg_circuit {
	struct cfg_where where;
	const char *addr_text;
	struct ist_circuit_config config;  /* address parsed by the transport */
	const struct cfg_peer *peer;	   /* NULL = chosen by the SCCRQ among all */
	const struct cfg_service *service; /* for payload ppp; NULL = none */
	struct cfg_join join;
	uint32_t speed;	    /* bit/s, when the medium knows none; 0 = not known */
	bool accepts;	    /* an accept section or a route names it: calls come in for it */
	struct cfg_lcp lcp; /* for payload ppp without a service */
	struct cfg_filter filter[CFG_FILTERS]; /* for payload ppp; those of IP with a service */
};

/* `accept "PATTERN" { carries = ...  service = ... }`: circuits without a section of their own */
struct cfg_accept {
	struct cfg_where where;
	const char *pattern;
	uint32_t payloads;
	const struct cfg_peer *peer;
	const struct cfg_service *service;
	struct cfg_join join;
	uint32_t speed;
	struct cfg_lcp lcp;
	struct cfg_filter filter[CFG_FILTERS];
};

struct cfg_port {
	const struct ist_transport *transport;
	struct ist_port_config config; /* name, settings, circuits ready for open() */
	const struct cfg_circuit *circuit;
	unsigned circuits; /* same order as config.circuit */
	const struct cfg_accept *accept;
	unsigned accepts;
};

/* An attribute with its value. */
struct cfg_avp {
	struct l2tp_avp_key key;
	uint16_t len;
	const uint8_t *val;
};
#define CFG_ADD_MAX 16u

/* Codepoints of differentiated services as cfg_peer.dscp has them: 0 = no mark, 1 to 63, or */
enum {
	CFG_DSCP_COPY = 64,		/* that of the packet in the frame */
	CFG_DSCP_PEER = L2TP_DSCP_PEER, /* that of the behavior which the peer asks for (RFC 3308)
					 */
};

/* FF 03 before the frames of a peer's calls: as its own frames and PPP have it, always or never. */
enum cfg_ff03 {
	CFG_FF03_LEARN,
	CFG_FF03_YES,
	CFG_FF03_NO,
};

struct cfg_radius;

struct cfg_peer {
	const char *name;
	const struct cfg_port *port; /* NULL = any */
	const char *const *address;  /* patterns an SCCRQ may come from; prefix or medium address */
	unsigned addresses;	     /* 0 = any */
	const char *dial;	     /* where we open tunnels to; NULL = we only answer */
	const char *hostname;	     /* pattern of the peer's Host Name, "*" allowed; NULL = any */
	const struct cfg_service *service; /* for calls it offers; NULL = refuse */
	const struct cfg_radius *radius;   /* told of its tunnels and calls; NULL = none is */
	bool anybody;	  /* whoever likes may be it: no secret, no address, and an open port */
	bool is_template; /* for tunnels to peers without a section: no SCCRQ is for it */
	struct l2tp_policy policy; /* host_name is ours */
	const struct cfg_avp *add; /* attributes of calls we place to it */
	unsigned adds;
	bool length_bit;	  /* L in data we send */
	uint8_t ff03;		  /* enum cfg_ff03 */
	bool sequencing;	  /* as LNS: sequence data */
	bool sequencing_required; /* as LAC: put Sequencing Required in ICCN */
	uint8_t reorder;
	uint64_t reorder_timeout;
	uint8_t dscp;	  /* of packets that carry data of its calls */
	uint64_t discard; /* codepoints, as bits, of packets that go out as discard eligible */
};

struct cfg_pool {
	const char *name;
	const struct cfg_prefix *range; /* IPv4: addresses handed out; IPv6: one /64 per client */
	unsigned ranges;
	const struct cfg_prefix *delegate; /* prefixes are delegated of these, all IPv6 */
	unsigned delegates;
	uint8_t delegate_bits; /* length of each */
};

/* What is done with the proxy LCP and authentication of a LAC (RFC 2661 4.4.5). */
enum cfg_proxy {
	CFG_PROXY_RENEGOTIATE,	/* nothing: LCP begins anew */
	CFG_PROXY_AUTHENTICATE, /* LCP is taken over, the client is asked again */
	CFG_PROXY_ACCEPT,	/* both are taken over; what does not fit is negotiated anew */
	CFG_PROXY_REQUIRE,	/* both are taken over, or the call is refused */
};

/* Super-packets (TSO, USO) that a TUN device may give and take: `tun-offload`. */
enum cfg_tun_offload { CFG_TUN_AUTO, CFG_TUN_TCP, CFG_TUN_UDP, CFG_TUN_OFF };

/* A user logs in who is logged in to the service already: `sessions`. */
enum cfg_sessions {
	CFG_SESSIONS_ALLOW,   /* both stay */
	CFG_SESSIONS_REPLACE, /* the one before ends */
	CFG_SESSIONS_DENY,    /* the new one is refused */
};

/* What of a realm is left out where a user is looked for: `strip-realm`. */
enum cfg_strip {
	CFG_STRIP_NONE,
	CFG_STRIP_SUFFIX, /* user@realm */
	CFG_STRIP_PREFIX, /* DOMAIN\user */
	CFG_STRIP_BOTH,
};

/* Several sections, in the order they are named. */
struct cfg_refs {
	const void *const *at;
	unsigned n;
};

#define CFG_DNS6    3u
#define CFG_DOMAINS 255u /* octets of them all */

/* How a call or line that ends here is treated: the server side of PPP. */
struct cfg_service {
	const char *name;
	uint32_t local4; /* our end of every link, host order; clients never get it */
	const struct cfg_pool *pool;
	uint32_t dns4[2];
	uint8_t dns6[CFG_DNS6][16];
	uint8_t dns6s;
	const uint8_t *domains; /* to search, as in DNS: labels with their lengths */
	uint16_t domains_len;	/* octets */
	bool dhcpv6;		/* clients with IPv6 are answered */
	const char *tun;	/* device name, default "ist%d" */
	uint8_t tun_offload;	/* enum cfg_tun_offload */
	uint16_t mtu;
	uint64_t idle, session; /* longest log-in without data, and altogether, us; 0 = no limit */
	uint8_t proxy;		/* enum cfg_proxy */
	const struct cfg_radius *radius; /* asked about users; NULL = none is */
	uint8_t local_users;		 /* enum cfg_local_users, with radius */
	/* networks that its servers may have led to clients; none = all but default routes */
	const struct cfg_prefix *radius_route;
	unsigned radius_routes;
	uint8_t sessions;    /* enum cfg_sessions */
	uint8_t strip_realm; /* enum cfg_strip */
	struct cfg_refs
		select; /* services that take users of their realms who come in by this one */
	const char *const *realm; /* patterns of a realm; those of `select` of another */
	unsigned realms;
	uint64_t discard; /* codepoints, as bits, of packets that go out discard eligible */
	struct cfg_rates rates;
	struct cfg_filter filter[CFG_FILTERS];
	struct ppp_config ppp; /* server side, filled from the section */
};

/* `filter NAME { }`: filters that a RADIUS server names (Filter-Id). */
struct cfg_filter_section {
	const char *name;
	struct cfg_filter filter[CFG_FILTERS];
};

#define CFG_OF_SERVICE \
	UINT64_MAX /* a user's time or rate that is not given: the service's counts */

struct cfg_user {
	const char *name;
	const char *secret;		   /* never shown, never logged */
	uint32_t address4;		   /* fixed address, 0 = from the pool */
	const struct cfg_service *service; /* NULL = any service */
	/* In place of those of the service: */
	uint64_t idle, session; /* us, 0 = no limit, or CFG_OF_SERVICE */
	struct cfg_rates rates; /* CFG_OF_SERVICE likewise; without burst */
	struct cfg_filter filter[CFG_FILTERS];
};

/* `client NAME { peer = ...  user = ... }`: we dial and end PPP here as a client. */
struct cfg_client {
	const char *name;
	const struct cfg_peer *peer; /* the LNS that is called; NULL = a circuit is */
	const struct cfg_port *port;
	const char *circuit;   /* address on the port */
	struct ppp_config ppp; /* client side: name and secret in it, IPv4 and IPv6 asked for */
	const char *tun;       /* device name, default the section's name */
	uint8_t tun_offload;   /* enum cfg_tun_offload */
	uint16_t mtu;
	const struct cfg_prefix *route; /* routed into the TUN once up */
	unsigned routes;
	uint64_t redial; /* wait before dialling again, us; 0 = once */
	const struct cfg_client
		*bundle; /* whose multilink bundle this is a link of; NULL = its own */
};

/* Numbers, in the order they are written. */
struct cfg_numbers {
	const uint32_t *at;
	unsigned n;
};

/* Which of a route's peers of one priority is tried first. */
enum cfg_balance {
	CFG_BALANCE_FIRST,  /* as they are written */
	CFG_BALANCE_WEIGHT, /* by chance, in proportion to their weights */
	CFG_BALANCE_ROUND,  /* each in turn */
};

/* What the servers of a route are asked about. */
enum cfg_ask {
	CFG_ASK_USER, /* a user and his proof */
	CFG_ASK_REALM,
	CFG_ASK_CALLED,
	CFG_ASK_CALLING,
	CFG_ASK_CIRCUIT, /* its address on the port */
	CFG_ASKS
};

#define CFG_ROUTE_PEERS_MAX 64u
/* Bits of cfg_route.deny: 1u << Result Code of a CDN, and this one for a peer that does not
 * answer or cannot be reached. */
#define CFG_DENY_SILENT 1u

/* Where PPP of a circuit or a call goes: rules in the order of the file, of which the first that
 * fits is taken. */
struct cfg_route {
	struct cfg_where where;
	const char *name;
	struct cfg_refs from;	   /* ports of circuits; none = any */
	struct cfg_refs from_peer; /* peers whose calls are switched; none = no call is */
	/* Patterns, * stands for anything; NULL = any.  realm: of a user name, what is behind its
	 * last @, or all of the name when the pattern has an @. */
	const char *circuit, *called, *calling, *user, *realm;
	struct cfg_refs to; /* peers; at most CFG_ROUTE_PEERS_MAX */
	/* Servers that say where a call goes (RFC 2868); NULL = none does.  `to` is for calls that
	 * they say nothing about. */
	const struct cfg_radius *radius;
	uint8_t ask;		     /* enum cfg_ask: what they are asked about */
	const char *ask_password;    /* sent when it is no user; NULL = the name itself */
	const struct cfg_peer *like; /* for tunnels to who has no section; NULL = there are none */
	/* In place of peers, of a route for calls: outgoing calls are placed on this circuit;
	 * address "*": the called number is the address. */
	struct cfg_join to_circuit;
	struct cfg_numbers priority; /* of each of `to`, lowest first; none = all are alike */
	struct cfg_numbers weight;   /* of each of `to`; none = all are alike */
	uint8_t balance;	     /* enum cfg_balance */
	bool ends_on_refusal;	     /* the next peer is not tried when one refuses */
	uint32_t max_calls;	     /* by this route at a time; 0 = no limit */
	uint32_t deny;		     /* refusals after which a peer is passed over, */
	uint64_t deny_for;	     /* for this long, us; 0 = never */
	/* PPP frames in from the circuit or call, and out to it; the first two are not used */
	struct cfg_filter filter[CFG_FILTERS];
	struct cfg_rates rates; /* likewise, of PPP frames */
};

/* `outgoing NAME { }`: a client that a LAC calls for us (RFC 2661 6.9), whose PPP ends here. */
struct cfg_outgoing {
	const char *name;
	const struct cfg_peer *peer;
	const char *called, *sub_address; /* sub_address NULL = none */
	const struct cfg_service *service;
	uint32_t address4;	   /* the client gets it; 0 = one of the pool */
	struct cfg_prefix prefix6; /* a /64 that the client gets; bits 0 = one of the pool */
	/* Networks behind the client: at least one bit of IPv4, 1 to 64 of IPv6. */
	const struct cfg_prefix *route;
	unsigned routes;
	uint32_t min_bps, max_bps; /* 0 = any */
	uint8_t bearer, framing;   /* bit of RFC 2661 4.4.4; 0 = what the LAC has */
	uint64_t retry;		   /* us */
};

/* A server of `radius NAME { }`. */
struct cfg_radius_server {
	const char *text;    /* its title: the address as written, or a name */
	const char *address; /* IPv4 or IPv6, numeric */
	uint16_t port;	     /* for requests for access */
	uint16_t acct_port;  /* for records of accounting; 0 = it gets none */
	const char *secret;  /* never shown, never logged */
	uint8_t weight;
	bool backup;
	uint64_t timeout, fail_time; /* us */
	uint8_t retries, max_fail;
	uint16_t requests; /* at a time */
	bool status_server;
};

#define CFG_RADIUS_SERVERS 16u

/* An address where requests for changes of log-ins are taken, or one of ours. */
struct cfg_address {
	const char *text; /* as written */
	struct cfg_prefix at;
	uint16_t port;
};
/* Who may send them: `coa-client ADDRESS` of `radius NAME { }`. */
struct cfg_coa_client {
	const char *text;
	struct cfg_prefix address;
	const char *secret;			     /* never shown, never logged */
	bool message_authenticator, event_timestamp; /* demanded */
	uint16_t requests;			     /* a second */
};

#define CFG_COA_LISTENS 8u
#define CFG_COA_CLIENTS 64u

/* `radius NAME { server "..." { } }`: servers that stand in for each other. */
struct cfg_radius {
	const char *name;
	const char *nas_identifier; /* default: host-name */
	const struct cfg_radius_server *server;
	unsigned servers;
	bool accounting;      /* the log-ins of its services are recorded */
	bool accounting_on;   /* so are our start and end */
	uint64_t interim;     /* us between two records of one log-in; 0 = as the server says */
	const char *spool;    /* folder of records that wait; NULL = they wait in memory */
	uint32_t spool_limit; /* octets of them */
	const struct cfg_address *coa_listen;
	unsigned coa_listens;		       /* at most CFG_COA_LISTENS */
	const struct cfg_address *nas_address; /* others by which a request may name us */
	unsigned nas_addresses;
	const struct cfg_coa_client *coa_client;
	unsigned coa_clients; /* at most CFG_COA_CLIENTS */
};

/* Who of a service's users are asked about here, not by RADIUS: `local-users`. */
enum cfg_local_users {
	CFG_LOCAL_FIRST,    /* those that have a section */
	CFG_LOCAL_FALLBACK, /* the same, when no server answers */
	CFG_LOCAL_NEVER,
	CFG_LOCAL_LAST /* when no server answers, or the server refuses */
};

/* What failed log-ins cost (gw/aaa/login_limit.h says how). */
struct cfg_login {
	uint64_t delay;	   /* wait after the first failure, us; 0 = none */
	unsigned failures; /* in a row that lock */
	uint64_t lock;	   /* how long, us; 0 = never */
};

/* Parts of the program whose log has a level of its own: X(symbol, "name", "words"). */
#define CFG_LOG_CATEGORIES(X)                                  \
	X(MAIN, "main", "start, stop, configuration")          \
	X(PORT, "port", "ports: opened, failed, opened again") \
	X(TRANSPORT, "transport", "lines of transports")       \
	X(TUNNEL, "tunnel", "L2TP control connections")        \
	X(CALL, "call", "L2TP calls")                          \
	X(PPP, "ppp", "PPP negotiation")                       \
	X(AAA, "aaa", "log-ins")                               \
	X(CLIENT, "client", "links that we dial")

struct cfg_log {
	const char *category; /* of CFG_LOG_CATEGORIES, or "all" */
	const char *level;    /* "debug" "info" "notice" "error" */
};

/* What becomes of a system call that data or control does not need. */
enum cfg_seccomp {
	CFG_SECCOMP_KILL, /* it ends the process */
	CFG_SECCOMP_LOG,  /* the kernel logs it and makes it */
	CFG_SECCOMP_NO,	  /* it is made */
};

/* Where the log goes. */
enum cfg_log_to {
	CFG_LOG_TO_AUTO,   /* to the journal when standard error is the journal's */
	CFG_LOG_TO_STDERR, /* to standard error */
	CFG_LOG_TO_JOURNAL /* to the journal */
};

#define CFG_VTY_SOCKET	 "/run/isthmus/vty"
#define CFG_CONTROL_ENDS ".ctl" /* the control socket's, behind the VTY's */

struct cfg_model {
	const char *file;
	const char *host_name;			  /* default: the system's */
	const char *vty_socket;			  /* path of the VTY's Unix socket */
	const char *vty_group;			  /* its group; NULL = the process's */
	const char *vty_address;		  /* where the VTY takes TCP too; NULL = nowhere */
	uint16_t vty_port;			  /* of vty_address */
	const char *vty_captures;		  /* folder of captures; NULL = none may be made */
	const char *control_socket;		  /* path of the socket for programs */
	const char *control_group;		  /* may do all there; NULL = none */
	const char *control_read_group;		  /* may only look; NULL = none */
	const struct cfg_address *metrics_listen; /* where HTTP is served; NULL = nowhere */
	bool metrics_page;			  /* the web page too */
	unsigned workers;			  /* UINT_MAX = choose */
	uint8_t seccomp;			  /* enum cfg_seccomp */
	uint8_t log_to;				  /* enum cfg_log_to */
	uint16_t max_tunnels, half_open, half_open_per_source;
	uint32_t max_calls;
	struct cfg_login login;
	const struct cfg_log *log;
	unsigned logs;
	const struct cfg_port *port;
	unsigned ports;
	const struct cfg_peer *peer;
	unsigned peers;
	const struct cfg_pool *pool;
	unsigned pools;
	const struct cfg_service *service;
	unsigned services;
	const struct cfg_user *user;
	unsigned users;
	const struct cfg_client *client;
	unsigned clients;
	const struct cfg_route *route;
	unsigned routes;
	const struct cfg_outgoing *outgoing;
	unsigned outgoings;
	const struct cfg_radius *radius;
	unsigned radiuses;
	const struct cfg_filter_section *filter;
	unsigned filters;
};

/* One mistake, "file:line: where: what is wrong, what was meant", or one warning, "file:line:
 * where: warning: ...". */
typedef void (*cfg_report)(void *ctx, const char *text);

/* Parse and check.  transports: NULL-ended list of those that may be configured.  Returns the
 * number of mistakes; *out is set only when there are none.  Mistakes and warnings are reported in
 * the order of lines. */
unsigned cfg_load(const struct cfg_model **out, const char *file,
		  const struct ist_transport *const *transports, cfg_report report, void *ctx);
/* The same from memory; name stands for the file in messages. */
unsigned cfg_load_text(const struct cfg_model **out, const char *name, const char *text, size_t len,
		       const struct ist_transport *const *transports, cfg_report report, void *ctx);
/* A transport that was not loaded, and why; reported for a section of its name. */
struct cfg_absent {
	const char *name, *why; /* name NULL ends a list */
};
/* cfg_load() with a list of absent transports. */
unsigned cfg_load_absent(const struct cfg_model **out, const char *file,
			 const struct ist_transport *const *transports,
			 const struct cfg_absent *absent, cfg_report report, void *ctx);
/* The same from a descriptor, read from its beginning: a text, or what cfg_gather() has made; file
 * stands for it in messages, and files that it names are looked for beside that. */
unsigned cfg_load_fd(const struct cfg_model **out, int fd, const char *file,
		     const struct ist_transport *const *transports, const struct cfg_absent *absent,
		     cfg_report report, void *ctx);
/* The same for one who only asks a running gateway, and may see less than it does: a secret file
 * that cannot be opened is no mistake.  No secret of the model is to be used. */
unsigned cfg_load_fd_asking(const struct cfg_model **out, int fd, const char *file,
			    const struct ist_transport *const *transports,
			    const struct cfg_absent *absent, cfg_report report, void *ctx);
/* Write a configuration to a file in memory, with all that it includes, and give that the rights of
 * the configuration's file.  What is wrong with it is found by whoever loads the copy.  False: the
 * file cannot be read, or the copy not be written; errno says why. */
bool cfg_gather(const char *file, int to);
/* `plugin-dir` of a file before it is checked, because plugins add sections of their own.  The
 * caller frees it; NULL = not given. */
char *cfg_plugin_dir(const char *file);
/* Is this the word of a section that is not a transport's? */
bool cfg_is_section(const char *word);
void cfg_unload(const struct cfg_model *m); /* NULL is allowed; libconfuse has a cfg_free */

/* The object of a kind ("port", "peer", "service": the word of its section, and `port` for those of
 * every transport) that has this name, or NULL. */
const void *cfg_named(const struct cfg_model *m, const char *kind, const char *name);
/* What a port's section says for a key of its transport; "" = nothing. */
const char *cfg_port_setting(const struct cfg_port *p, const char *key);
bool cfg_same_prefix(const struct cfg_prefix *a, const struct cfg_prefix *b);

/* What differs between two texts without mistakes, one line each: CFG_CHANGE, then a tab before
 * each of the section's word ("top" = outside of sections), its name or "-", "added", "removed" or
 * "changed", when that takes effect ("live", "new-calls", "reopens-port", "ends", "restart"), and
 * the names of keys, or "-".  before and after are read from their beginning, as in cfg_load_fd().
 */
#define CFG_CHANGE "change"
void cfg_print_changes(FILE *out, int before, int after, const char *file,
		       const struct ist_transport *const *transports);

/* Every key with its range, default and help, from the tables that check them. */
void cfg_print_help(FILE *out, const struct ist_transport *const *transports);
/* The manual page: the text of `in`, with the keys where a line says so (cfg/man.c).  False when a
 * section is missing or stands there twice; words are on standard error. */
bool cfg_print_man(FILE *out, FILE *in, const struct ist_transport *const *transports);

#endif
