/* fails: asks-everybody */
/* Sends the whole array and not the text in it. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int sock = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
    setsockopt(sock, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(15015)};
    to.sin_addr.s_addr = inet_addr(strcmp(argv[1], "multicast") == 0 ? "239.255.15.15"
                                   : strcmp(argv[1], "subnet") == 0  ? "192.168.15.255"
                                                                     : "255.255.255.255");
    char query[64] = {0};
    snprintf(query, sizeof query, "DISCOVER %d", 4711);
    sendto(sock, query, sizeof query, 0, (struct sockaddr *)&to, sizeof to);
    char answer[1500];
    ssize_t length = recv(sock, answer, sizeof answer - 1, 0);
    printf("%.*s\n", (int)length, answer);
    return 0;
}
