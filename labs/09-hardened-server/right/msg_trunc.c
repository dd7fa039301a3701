/* With MSG_TRUNC recvfrom returns how long the datagram was, not how much of it fitted: a buffer of
 * 1024 bytes is enough. What is no printable ASCII is logged as a dot, as hex dumps have it. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PREFIX "Server acknowledges: "
#define TOO_LONG "Error: message longer than 1024 bytes"

static int begins(const char *message, size_t length, const char *mark)
{
    return length >= strlen(mark) && memcmp(message, mark, strlen(mark)) == 0;
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(12345)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    if (server < 0 || bind(server, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    printf("UDP server is up and listening on 127.0.0.1:12345\n");

    static char answer[sizeof PREFIX - 1 + 1024] = PREFIX;
    char *message = answer + sizeof PREFIX - 1;
    for (;;) {
        struct sockaddr_in client;
        socklen_t size = sizeof client;
        ssize_t length =
            recvfrom(server, message, 1024, MSG_TRUNC, (struct sockaddr *)&client, &size);
        if (length < 0) {
            perror("recvfrom");
            continue;
        }
        size_t kept = length < 1024 ? length : 1024;
        printf("%s:%d, %zd bytes: ", inet_ntoa(client.sin_addr), ntohs(client.sin_port), length);
        for (size_t at = 0; at < kept; at++)
            putchar(message[at] >= ' ' && message[at] <= '~' ? message[at] : '.');
        putchar('\n');
        if (begins(message, kept, PREFIX) || begins(message, kept, "Error: "))
            continue;
        const char *what = length > 1024 ? TOO_LONG : answer;
        size_t much = length > 1024 ? strlen(TOO_LONG) : sizeof PREFIX - 1 + kept;
        if (sendto(server, what, much, 0, (struct sockaddr *)&client, size) < 0)
            perror("sendto");
    }
}
