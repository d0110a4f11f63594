/**
 * @file
 * A Git repository, never checked out: tips are fetched into a bare repository of our own, blobs
 * are read from the object database.
 *
 * Fetching runs in an exec'd child (`pairkeeper` called as its own fetch helper) with a deadline
 * and resource limits, because libgit2 1.5 has no network time-outs.  Global and system Git
 * configuration is ignored, proxies are not used, redirects to another place are not followed.
 */
#ifndef PK_DESIRED_STATE_REPOSITORY_H
#define PK_DESIRED_STATE_REPOSITORY_H

#include "desired-state/snapshot.h"

/** First argument of a program that has been started to fetch: pk_repository_fetch_helper(). */
#define PK_FETCH_HELPER_VERB "fetch-helper"

#define PK_PACK_BYTES_LIMIT (256ULL << 20)

/** What a repository asks for; the secrets themselves stay in their files until a fetch. */
struct pk_repository_credential {
    const char *url;      /**< the repository it was written for: it goes to no other origin */
    const char *username; /**< NULL = "git"                                                  */
    const char *password_file, *ssh_key_file; /**< or NULL                                   */
    const char *const *host_keys;             /**< "SHA256:…", of the SSH server             */
    size_t host_key_count;
};

/** What to read and how much of it, from the configuration. */
struct pk_repository_config {
    const char *url; /**< path, file://, https://, ssh://; http:// only to this machine  */
    const struct pk_repository_credential *credential; /**< NULL = none                  */
    const char *ca;     /**< file of the certificates to trust for https, NULL = system's */
    const char *branch; /**< "main"                                                      */
    const char *path;   /**< folder inside the repository, "" = all of it                */
    uint32_t timeout_ms;
    const char *bare;           /**< our bare repository, made when missing                      */
    const char *helper;         /**< program to exec for a fetch: our own executable             */
    size_t files_limit;         /**< 200,000 */
    uint64_t total_bytes_limit; /**< 1 GiB */
    uint64_t pack_bytes_limit;  /**< one fetch brings no more; 0 = PK_PACK_BYTES_LIMIT           */
    struct pk_document_limits limits;
};

enum { PK_COMMIT_TEXT_BYTES = 41 };

/**
 * To be called once, before anything else here; the fetch helper does so itself.  From then on the
 * Git library's allocations succeed or end the process.
 */
void pk_repository_start(void);

/**
 * Can this be fetched from: is the URL one, do the credentials fit it?  Reads no file, asks nobody.
 * @return PK_OK; PK_EINVAL
 */
enum pk_code pk_repository_check(const struct pk_repository_config *config, struct pk_error *err);

/**
 * Asks the remote for the branch's tip and fetches it when it is not in the bare repository yet.
 * Where that is found to be damaged it is fetched anew.
 * @param commit  40 hex digits
 * @return PK_OK; PK_ENOENT (no such branch, or an empty repository); PK_EAGAIN (deadline,
 *         unreachable); PK_EACCESS (files, credentials, certificates, host keys); PK_EREFUSED (a
 *         redirect); PK_EINVAL (url not allowed); PK_ESYS
 */
enum pk_code pk_repository_fetch(const struct pk_repository_config *config,
                                 char commit[PK_COMMIT_TEXT_BYTES], struct pk_error *err);

/**
 * Fetches the branch with all its history, for whoever met PK_EDAMAGED; what is still good of the
 * bare repository stays.
 * @return as pk_repository_fetch()
 */
enum pk_code pk_repository_mend(const struct pk_repository_config *config, struct pk_error *err);

/** Body of the child: argv as pk_repository_fetch() made it; returns the exit status. */
int pk_repository_fetch_helper(int argc, char **argv);

/** Full commit id of a branch or a (possibly short, >= 8) commit id already fetched. */
enum pk_code pk_repository_resolve(const struct pk_repository_config *config, const char *revision,
                                   char commit[PK_COMMIT_TEXT_BYTES], struct pk_error *err);

/**
 * Is @p ancestor reachable from @p commit (or the same), which was fetched?
 * @return PK_OK; PK_ENOENT when it is not; PK_EDAMAGED when the history cannot be read
 */
enum pk_code pk_repository_descends(const struct pk_repository_config *config, const char *commit,
                                    const char *ancestor, struct pk_error *err);

/**
 * Reads the YAML files of a commit under config->path by a walk over its trees.
 *
 * Links and submodules named like one of ours, too many or too large files become diagnostics.
 * @return PK_OK (also with diagnostics); PK_ENOENT (no such commit); PK_EDAMAGED; PK_ESYS
 */
enum pk_code pk_repository_read(struct pk_pool *pool, const struct pk_repository_config *config,
                                const char *commit, struct pk_source_file **files, size_t *count,
                                struct pk_diagnostics *diagnostics, struct pk_error *err);

/**
 * Only these files of what pk_repository_read() answers, in their order.
 * @return as pk_repository_read(); PK_EINVAL when one is not there or may not be read
 */
enum pk_code
pk_repository_read_only(struct pk_pool *pool, const struct pk_repository_config *config,
                        const char *commit, const char *const *paths, size_t count,
                        struct pk_source_file **files, struct pk_error *err);

/** The files of two commits that differ: changed ones are in both lists, all sorted by path. */
struct pk_repository_changes {
    struct pk_source_file *before, *after;
    size_t before_count, after_count;
};

/**
 * What pk_repository_read() would answer for the one commit and not for the other: equal folders
 * are not looked into, equal files not read.
 * @return as pk_repository_read(); PK_EINVAL when what may not be there ended the walk
 */
enum pk_code
pk_repository_compare(struct pk_pool *pool, const struct pk_repository_config *config,
                      const char *before, const char *after, struct pk_repository_changes *out,
                      struct pk_diagnostics *diagnostics, struct pk_error *err);

/** pk_repository_read() for a plain directory (`validate PATH`). */
enum pk_code
pk_directory_read(struct pk_pool *pool, const char *directory,
                  const struct pk_repository_config *limits, struct pk_source_file **files,
                  size_t *count, struct pk_diagnostics *diagnostics, struct pk_error *err);

#endif
