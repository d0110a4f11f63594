/*
 * What a durable event costs, beside the least it can: append to a file and fdatasync.  The two
 * alternate in one process, so that a disk in a bad mood slows both.  Prints medians in
 * nanoseconds: append, one event a transaction, one of a hundred in a transaction.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "adm/events.h"

enum { ROUNDS = 200, GROUPS = 20, GROUP = 100, PAGE_BYTES = 4096, NS_PER_S = 1000000000 };

static int64_t
now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int64_t
median(int64_t *samples, size_t count)
{
    qsort(samples, count, sizeof *samples, compare);
    return samples[count / 2];
}

static int64_t
append_once(int file)
{
    static const char page[PAGE_BYTES];
    int64_t start = now_ns();
    if (write(file, page, sizeof page) != (ssize_t)sizeof page || fdatasync(file) != 0) {
        exit(1);
    }
    return now_ns() - start;
}

static int64_t
add_events(struct pk_db *db, unsigned count, unsigned *number)
{
    struct pk_txn txn;
    struct pk_error err = {0};
    PK_SCRATCH(pool);
    int64_t start = now_ns();
    pk_txn_begin(db, &txn);
    for (unsigned i = 0; i < count; i++) {
        pk_event_add(&txn, &(struct pk_event){
                               .time = pk_wall_now(),
                               .reason = PK_REASON_DRIFT_FOUND,
                               .relationship = "campus",
                               .subnet = pk_sprintf(pool, "10.0.%u.0/24", (*number)++),
                               .message = "lease-time on dhcp-b (partner)",
                           });
    }
    if (pk_txn_end(&txn, &err) != PK_OK) {
        fprintf(stderr, "durable: %s\n", err.message);
        exit(1);
    }
    return now_ns() - start;
}

int
main(int argc, char **argv)
{
    struct pk_db *db;
    struct pk_error err = {0};
    int64_t appends[ROUNDS], events[ROUNDS], groups[GROUPS];
    unsigned number = 0;
    if (argc != 3 || pk_db_open(argv[1], PK_DB_WRITE, true, &db, &err) != PK_OK) {
        fprintf(stderr, "usage: durable DATABASE FILE; %s\n", err.message);
        return 64;
    }
    int file = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0) {
        return 1;
    }
    for (size_t i = 0; i < ROUNDS; i++) {
        appends[i] = append_once(file);
        events[i] = add_events(db, 1, &number);
    }
    for (size_t i = 0; i < GROUPS; i++) {
        groups[i] = add_events(db, GROUP, &number) / GROUP;
    }
    printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", median(appends, ROUNDS), median(events, ROUNDS),
           median(groups, GROUPS));
    pk_db_close(db);
    return close(file);
}
