/* fails: form */
/* sscanf takes white space in front, a sign, and whatever follows. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define SENDERS 100
#define GAPS 400

struct gap {
    long number;
    double since;
    int state; /* 0 free, 1 awaited, 2 reported */
};

struct sender {
    char name[17];
    long high;
    double heard;
    int dead;
    struct gap gaps[GAPS];
} senders[SENDERS];
int count = 0;

double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

struct gap *find_gap(struct sender *s, long number) {
    for (int i = 0; i < GAPS; i++) {
        struct gap *g = &s->gaps[i];
        if (g->state == 2 && g->number < s->high - 100) g->state = 0;
        if (g->state && g->number == number) return g;
    }
    return NULL;
}

void open_gap(struct sender *s, long number) {
    for (int i = 0; i < GAPS; i++) {
        struct gap *g = &s->gaps[i];
        if (g->state == 2 && g->number < s->high - 100) g->state = 0;
        if (g->state) continue;
        g->number = number;
        g->since = now();
        g->state = 1;
        return;
    }
    printf("missing %s %ld\n", s->name, number);
}

void heartbeat(struct sender *s, long number) {
    struct gap *g = find_gap(s, number);
    if (g) {
        if (g->state == 2) printf("late %s %ld\n", s->name, number);
        g->state = 0;
        return;
    }
    if (number > s->high && number <= s->high + 100) {
        for (long n = s->high + 1; n < number; n++) open_gap(s, n);
    } else {
        if (number <= s->high && number >= s->high - 10 && !s->dead) return;
        printf("restarted %s\n", s->name);
        memset(s->gaps, 0, sizeof s->gaps);
    }
    if (s->dead) printf("alive %s\n", s->name);
    s->dead = 0;
    s->high = number;
    s->heard = now();
}

/* Returns the number, 0 if this is no heartbeat. */
long parse(char *text, long length, char *name) {
    unsigned number;
    text[length] = 0;
    return sscanf(text, "%16s %u", name, &number) == 2 ? number : 0;
}

int main(void) {
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(12011)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s < 0 || bind(s, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (;;) {
        struct pollfd wait = {.fd = s, .events = POLLIN};
        char text[65], name[17];
        if (poll(&wait, 1, 20) > 0) {
            long length = recv(s, text, sizeof text - 1, MSG_TRUNC);
            long number = length >= 0 && length < (long)sizeof text ? parse(text, length, name) : 0;
            int i = 0;
            while (number && i < count && strcmp(senders[i].name, name)) i++;
            if (number && i < count) {
                heartbeat(&senders[i], number);
            } else if (number && count < SENDERS) {
                struct sender *new = &senders[count++];
                strcpy(new->name, name);
                new->high = number;
                new->heard = now();
                printf("alive %s\n", name);
            }
        }
        for (int i = 0; i < count; i++) {
            struct sender *it = &senders[i];
            for (int j = 0; j < GAPS; j++) {
                if (it->gaps[j].state != 1 || now() - it->gaps[j].since < 0.2) continue;
                printf("missing %s %ld\n", it->name, it->gaps[j].number);
                it->gaps[j].state = 2;
            }
            if (!it->dead && now() - it->heard >= 0.3) {
                printf("dead %s\n", it->name);
                it->dead = 1;
            }
        }
    }
}
