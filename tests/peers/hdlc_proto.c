/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is told to the kernel's HDLC devices by no other tool: Frame Relay, which LMI and which side
 * of it, and its PVCs; or X.25, which side of LAPB and the modulo.
 *
 *   hdlc-proto INTERFACE lmi annex-a|annex-d|cisco user|network
 *   hdlc-proto INTERFACE add|delete DLCI
 *   hdlc-proto INTERFACE x25 dte|dce 8|128
 */
#include <errno.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
	const char *name;
	unsigned short lmi;
} kinds[] = {{"annex-a", LMI_CCITT}, {"annex-d", LMI_ANSI}, {"cisco", LMI_CISCO}};

static int hdlc_proto_tell(const char *interface, unsigned type, void *what, unsigned size)
{
	struct ifreq r = {.ifr_settings = {.type = type, .size = size}};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), result;

	r.ifr_settings.ifs_ifsu.fr = what;
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", interface);
	result = ioctl(fd, SIOCWANDEV, &r);
	if (result < 0)
		fprintf(stderr, "hdlc-proto: %s: %s\n", interface, strerror(errno));
	close(fd);
	return result < 0;
}

static int set_lmi(const char *interface, const char *kind, const char *side)
{
	fr_proto fr = {.t391 = 1, .t392 = 2, .n391 = 6, .n392 = 2, .n393 = 3};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, kind))
			fr.lmi = kinds[i].lmi;
	fr.dce = !strcmp(side, "network");
	if (!fr.lmi || (!fr.dce && strcmp(side, "user")))
		return 2;
	return hdlc_proto_tell(interface, IF_PROTO_FR, &fr, sizeof(fr));
}

static int set_x25(const char *interface, const char *side, const char *modulo)
{
	x25_hdlc_proto x = {.dce = !strcmp(side, "dce"),
			    .modulo = (unsigned)atoi(modulo),
			    .window = 7,
			    .t1 = 1,
			    .t2 = 1,
			    .n2 = 10};

	return hdlc_proto_tell(interface, IF_PROTO_X25, &x, sizeof(x));
}

int main(int argc, char **argv)
{
	fr_proto_pvc pvc;

	if (argc == 5 && !strcmp(argv[2], "lmi"))
		return set_lmi(argv[1], argv[3], argv[4]);
	if (argc == 5 && !strcmp(argv[2], "x25"))
		return set_x25(argv[1], argv[3], argv[4]);
	if (argc != 4)
		return 2;
	pvc.dlci = (unsigned)atoi(argv[3]);
	if (!strcmp(argv[2], "add"))
		return hdlc_proto_tell(argv[1], IF_PROTO_FR_ADD_PVC, &pvc, sizeof(pvc));
	if (!strcmp(argv[2], "delete"))
		return hdlc_proto_tell(argv[1], IF_PROTO_FR_DEL_PVC, &pvc, sizeof(pvc));
	return 2;
}
