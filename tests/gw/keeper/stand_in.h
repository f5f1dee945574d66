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
 *   crashes   told to end, it dies of SIGABRT
 *   keeps     in its first life it has a file with the text "kept" held as ROLE/file, and
 *             prints "ROLE keeps"
 *   hopeless  it ends with status 3 at once
 *   babbles   in its first life it sends octets that are no message
 *   steals    in its first life it has a descriptor held in another's name
 *   silent    in its first life it closes its socket and stays
 *   upgrades  in its first life it has itself upgraded, in the next it asks as below
 *   checks    it prints "ROLE checks" and ends with status 0, without a keeper
 *   refuses   the same with status 5
 *   ponders   it checks and never ends
 *   lingers   it upgrades, and then waits to be killed instead of leaving
 *   spoiled   it upgrades; of the program's file ANYTHING.new it ends with status 9 at once
 *   frozen    the same, but then it does nothing
 *   reloads   in its first life it asks for another configuration, and in the next it prints
 *             "ROLE report LINE" of what its check has printed
 *   tarries   the same, and then waits to be killed instead of leaving
 *   reverts   the same, and in its second life it ends with status 9 before it is ready
 *   asks      it asks for the processes and prints "ROLE knows NAME STATE RESTARTS" of each
 *
 * A data hands "image" over through the socket of HAND_OVER, waits for "taken", prints "ROLE
 * handed" and ends with status 0; else it prints "ROLE stays" and goes on.  By MANNER: stays     it
 * does not hand over falls     it is killed instead stumbles  the same once it has handed over
 *   sleeps    it does nothing instead
 *
 * The role "second" stands by; when it has taken over it prints "second PID took", and is data.  By
 * MANNER:
 *   stands    nothing else
 *   hopeless  see above
 *   mute      it does not even say that it stands by
 *   leaves    it ends with status 6 once it stands by
 *   drops     the same when it is to take over
 *   stops     it does nothing when it is to take over
 *   forward   it ends with status 7 unless it is of the program's file ANYTHING.new */
int stand_in_main(int argc, char **argv);

#endif
