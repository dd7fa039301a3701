/* fails: finds-all */
/* Connects, so that send and recv will do, as with one server. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
    int sock = socket(AF_INET, SOCK_DGRAM, 0), on = 1, found = 0;
    setsockopt(sock, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(15015)};
    to.sin_addr.s_addr = inet_addr(strcmp(argv[1], "multicast") == 0 ? "239.255.15.15"
                                   : strcmp(argv[1], "subnet") == 0  ? "192.168.15.255"
                                                                     : "255.255.255.255");
    if (connect(sock, (struct sockaddr *)&to, sizeof to) < 0) {
        perror("connect");
        return 1;
    }
    const int waits[] = {100, 200, 400};
    for (int round = 0; round < 3; round++) {
        send(sock, "DISCOVER 4711", 13, 0);
        struct pollfd wait = {.fd = sock, .events = POLLIN};
        while (poll(&wait, 1, waits[round]) > 0) {
            char answer[1500];
            ssize_t length = recv(sock, answer, sizeof answer, 0);
            printf("Found %.*s\n", (int)length, answer);
            found++;
        }
    }
    if (found == 0)
        printf("No server has answered.\n");
    return found == 0;
}
