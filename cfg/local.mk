# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LTLIBRARIES += libcfg.la
libcfg_la_SOURCES = cfg/cfg.h
libcfg_la_CFLAGS = $(AM_CFLAGS) $(CONFUSE_CFLAGS)
libcfg_la_LIBADD = $(CONFUSE_LIBS)
