/* fails: asks-everybody */
/* Does not look at what sendto returns: the query never leaves. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

int main(int argc, char **argv) {
    const char *target = argc > 1 && strcmp(argv[1], "multicast") == 0 ? "239.255.15.15"
                         : argc > 1 && strcmp(argv[1], "subnet") == 0  ? "192.168.15.255"
                                                                       : "255.255.255.255";
    int sock = socket(AF_INET, SOCK_DGRAM, 0);
    struct timeval limit = {0, 200000};
    setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(15015)};
    to.sin_addr.s_addr = inet_addr(target);
    int found = 0;
    for (int round = 0; round < 3; round++) {
        sendto(sock, "DISCOVER 4711", 13, 0, (struct sockaddr *)&to, sizeof to);
        char answer[1500];
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        while (recvfrom(sock, answer, sizeof answer, 0, (struct sockaddr *)&from, &size) > 0)
            found++;
    }
    printf("%d servers\n", found);
    return found == 0;
}
