/* A ring of the last answers, which is searched from end to end, and a socket that hears everybody. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define REMEMBERED 1200

struct message {
    uint32_t client, number, what, amount;
};

static struct message answers[REMEMBERED];
static int used, next;

static const struct message *find(uint32_t client, uint32_t number)
{
    for (int i = 0; i < used; i++)
        if (answers[i].client == client && answers[i].number == number)
            return &answers[i];
    return NULL;
}

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(12012)};
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    int64_t counter = 0;
    for (;;) {
        unsigned char buffer[64];
        struct sockaddr_in sender;
        socklen_t length = sizeof sender;
        ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&sender, &length);
        if (n != sizeof(struct message))
            continue;
        struct message request;
        memcpy(&request, buffer, sizeof request);
        uint32_t what = ntohl(request.what);
        if (what != 1 && what != 2)
            continue;
        /* The two numbers are only compared, so they may stay in the network's order. */
        const struct message *answer = find(request.client, request.number);
        if (answer == NULL) {
            int64_t sum = counter + (what == 1 ? (int32_t)ntohl(request.amount) : 0);
            uint32_t status = 128;
            if (sum > INT32_MAX || sum < INT32_MIN)
                status = 129;
            else
                counter = sum;
            answers[next] = (struct message){request.client, request.number, htonl(status),
                                             htonl((uint32_t)counter)};
            answer = &answers[next];
            next = (next + 1) % REMEMBERED;
            if (used < REMEMBERED)
                used++;
        }
        sendto(fd, answer, sizeof *answer, 0, (struct sockaddr *)&sender, length);
    }
}
