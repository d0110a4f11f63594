/*
 * The edge of the installation's checks.  Nothing here changes anything: who holds the database is
 * read from the kernel's list of locks, because trying the lock could take it from an agent that
 * starts at this moment.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/control-line.h"
#include "agent/control.h"
#include "agent/doctor-installation.h"

enum { LINE_BYTES = 256, PERMISSIONS = 0777, FIELD_BYTES = 32 };

static struct pk_installation_file
look_at_file(struct pk_pool *pool, const char *path)
{
    struct pk_installation_file file = {.path = path};
    struct stat about;
    if (stat(path, &about) != 0 || access(path, R_OK) != 0) {
        file.failure = pk_strdup(pool, strerror(errno));
    } else {
        file.mode = about.st_mode & PERMISSIONS;
    }
    return file;
}

static void
look_at_secrets(struct pk_pool *pool, const struct pk_config *config, struct pk_installation *out)
{
    struct pk_installation_file *files =
        pk_array(pool, struct pk_installation_file, 2 * config->credential_count + 1);
    for (size_t i = 0; i < config->credential_count; i++) {
        const struct pk_credential *credential = &config->credentials[i];
        if (credential->password_file != NULL) {
            files[out->secret_count++] = look_at_file(pool, credential->password_file);
        }
        if (credential->ssh_key_file != NULL) {
            files[out->secret_count++] = look_at_file(pool, credential->ssh_key_file);
        }
    }
    out->secrets = files;
}

static int64_t
free_bytes(struct pk_pool *pool, const char *database)
{
    struct statvfs about;
    return statvfs(dirname(pk_strdup(pool, database)), &about) == 0
               ? (int64_t)about.f_bavail * (int64_t)about.f_frsize
               : -1;
}

/* Process that holds a lock on the file, 0 = none that is known. */
static int64_t
lock_holder(const char *path)
{
    struct stat about;
    FILE *locks = stat(path, &about) == 0 ? fopen("/proc/locks", "re") : NULL;
    char line[LINE_BYTES], kind[FIELD_BYTES];
    long long pid = 0, found = 0;
    unsigned long inode;
    while (locks != NULL && fgets(line, sizeof line, locks) != NULL) {
        /* 1: FLOCK  ADVISORY  WRITE 4711 08:01:123456 0 EOF */
        if (sscanf(line, "%*s %31s %*s %*s %lld %*x:%*x:%lu", kind, &pid, &inode) == 3 &&
            strcmp(kind, "FLOCK") == 0 && inode == about.st_ino) {
            found = pid;
        }
    }
    if (locks != NULL) {
        fclose(locks);
    }
    return found;
}

static bool
somebody_listens(const char *path)
{
    struct sockaddr_un address;
    if (pk_control_address(path, &address, NULL) != PK_OK) {
        return false;
    }
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool connected = descriptor >= 0 &&
                     connect(descriptor, (const struct sockaddr *)&address, sizeof address) == 0;
    if (descriptor >= 0) {
        close(descriptor);
    }
    return connected;
}

static void
look_at_agent(struct pk_pool *pool, const char *database, struct pk_installation *out)
{
    out->agent_pid = lock_holder(pk_sprintf(pool, "%s.lock", database));
    bool listens = somebody_listens(pk_control_path(pool, database));
    out->agent = listens ? PK_AGENT_RUNS : out->agent_pid != 0 ? PK_AGENT_SILENT : PK_AGENT_ABSENT;
}

static bool
clock_is_unsynchronised(void)
{
    struct timex about = {.modes = 0};
    return adjtimex(&about) == TIME_ERROR && (about.status & STA_UNSYNC) != 0;
}

void
pk_installation_look(struct pk_pool *pool, const struct pk_config *config,
                     struct pk_installation *out)
{
    out->config = look_at_file(pool, config->file);
    look_at_secrets(pool, config, out);
    out->free_bytes = free_bytes(pool, config->database);
    look_at_agent(pool, config->database, out);
    out->now = pk_wall_now();
    out->clock_unsynchronised = clock_is_unsynchronised();
}
