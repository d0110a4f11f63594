/*
 * Threads live as long as one row of tasks: a pass is minutes apart from the next, and what they do
 * takes longer than starting them.
 */
#include "base/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/sha256.h"

struct crew {
    size_t count;
    void (*work)(void *user, size_t index);
    void *user;
    atomic_size_t next;
};

static void
take_tasks(struct crew *crew)
{
    for (size_t i; (i = atomic_fetch_add(&crew->next, 1)) < crew->count;) {
        crew->work(crew->user, i);
    }
}

static void *
run_thread(void *crew)
{
    take_tasks(crew);
    pk_sha256_stop_thread();
    return NULL;
}

void
pk_crew_run(unsigned workers, size_t count, void (*work)(void *user, size_t index), void *user)
{
    PK_SCRATCH(scratch);
    struct crew crew = {.count = count, .work = work, .user = user};
    size_t wanted = workers < count ? workers : count, started = 0;
    pthread_t *threads = pk_array(scratch, pthread_t, wanted);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (started + 1 < wanted &&
           pthread_create(&threads[started], NULL, run_thread, &crew) == 0) {
        started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    take_tasks(&crew);
    for (size_t i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
}
