/* A connected socket: strangers are kept out by the kernel, and a refusal is no answer. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct message {
    uint32_t client, number, what;
    int32_t amount;
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* 1 when the answer came, 0 when the time is up. */
static int answered(int fd, const struct message *request, struct message *answer, double end)
{
    for (;;) {
        double left = end - now_ms();
        if (left <= 0)
            return 0;
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        /* One millisecond more, since a part of one is cut off. */
        if (poll(&poll_fd, 1, (int)left + 1) <= 0)
            continue;
        unsigned char buffer[512];
        ssize_t n = recv(fd, buffer, sizeof buffer, 0);
        /* Refused: nobody is there yet. The error is told once, and the wait goes on. */
        if (n != sizeof *answer)
            continue;
        memcpy(answer, buffer, sizeof *answer);
        uint32_t status = ntohl(answer->what);
        if (answer->client == request->client && answer->number == request->number
            && (status == 128 || status == 129))
            return 1;
    }
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    uint32_t client = 0, number = 0, seed = 0;
    if (getrandom(&client, sizeof client, 0) < 0 || getrandom(&seed, sizeof seed, 0) < 0)
        return 1;
    srand(seed);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12012)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        return 1;
    for (int i = 1; i < argc; i++) {
        int adds = strcmp(argv[i], "add") == 0 && i + 1 < argc;
        struct message request = {client, htonl(++number), htonl(adds ? 1 : 2), 0}, answer;
        if (adds)
            request.amount = (int32_t)htonl((uint32_t)atoi(argv[++i]));
        double wait = 100;
        int got = 0;
        for (int attempt = 0; attempt < 6 && !got; attempt++) {
            send(fd, &request, sizeof request, 0);
            got = answered(fd, &request, &answer,
                           now_ms() + wait * (0.5 + 0.5 * rand() / RAND_MAX));
            wait = wait * 2 > 400 ? 400 : wait * 2;
        }
        int value = (int)(int32_t)ntohl((uint32_t)answer.amount);
        if (!got || ntohl(answer.what) == 129) {
            fprintf(stderr, got ? "refused, the counter is at %d\n" : "no answer\n", value);
            return 1;
        }
        printf("the counter is at %d\n", value);
    }
    close(fd);
    return 0;
}
