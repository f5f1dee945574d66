/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a keeper under test starts instead of data and control. */
#ifndef TESTS_GW_KEEPER_STAND_IN_H
#define TESTS_GW_KEEPER_STAND_IN_H

#define STAND_IN "--stand-in"

/* argv: STAND_IN ROLE MANNER.  It writes a line to standard output for each thing that happens:
 *
 *   ROLE PID life N WHY   it has begun
 *   ROLE fd NAME TEXT     keeper has given this descriptor; TEXT is what can be read from it
 *   ROLE stop, ROLE hup, ROLE leave, ROLE alone
 *
 * and ends when it is told to stop or leave, or keeper has gone.  What else it does, by MANNER:
 *   plain     nothing
 *   deaf      it does not end when it is told to
 *   keeps     in its first life it has a file with the text "kept" held as ROLE/file, and
 *             prints "ROLE keeps"
 *   hopeless  it ends with status 3 at once
 *   babbles   in its first life it sends octets that are no message
 *   steals    in its first life it has a descriptor held in another's name
 *   silent    in its first life it closes its socket and stays
 *   upgrades  in its first life it has itself upgraded
 *   checks    it prints "ROLE checks" and ends with status 0, without a keeper
 *   refuses   the same with status 5
 *   asks      it asks for the processes and prints "ROLE knows NAME STATE RESTARTS" of each */
int stand_in_main(int argc, char **argv);

#endif
