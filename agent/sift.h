/**
 * @file
 * Which scopes may need anything, told by hashes alone.
 *
 * Of each scope that was in step the hash of what Git said and the hash of what both servers and
 * both bases held are on record (adm/verified.h).  A scope of which all of these are still the same
 * is in step, whatever else has changed: commit, change sequences, policies.  What is left over is
 * looked at as a small view (agent/narrow.h); every decision after that is the same code.
 *
 * Hashes are trusted as far as the record of settled scopes is: not by every tenth pass, nor when
 * the last comparison of everything is long ago.
 */
#ifndef PK_AGENT_SIFT_H
#define PK_AGENT_SIFT_H

#include "agent/narrow.h"

/**
 * Compares hashes, observes what they leave over, and cuts the snapshot down to it.
 * @param snapshot  all of the commit; cut down when true is returned
 * @return false when it cannot be told or would save nothing: nothing was changed but what
 *         fleet->at[…].observed holds
 */
bool pk_sift(struct pk_fleet *fleet, const char *fingerprint, struct pk_snapshot *snapshot,
             struct pk_narrow *narrow);

/**
 * After servers have changed: opens, in narrow->settled, what they no longer hold as it was
 * verified, with the files that declare it, and takes over their change sequences.  No other file
 * is read.
 * @param snapshot  with the relationships of the settled commit
 * @return false when it cannot be told: nothing is changed then
 */
bool pk_sift_servers(struct pk_fleet *fleet, const char *fingerprint,
                     const struct pk_repository_config *repository,
                     const struct pk_snapshot *snapshot, struct pk_narrow *narrow);

/** The snapshot as it was before it was cut down. */
struct pk_snapshot pk_sift_whole(const struct pk_sifted *sifted);

/** False when a scope that is looked at has a subnet id that one left out holds. */
bool pk_sift_keeps_ids_apart(const struct pk_narrow *narrow, const struct pk_views *views);

#endif
