/* fails: dead */
/* Takes 300 microseconds for 300 milliseconds. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

int main(void) {
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(12011)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(s, (struct sockaddr *)&here, sizeof here);
    struct timeval limit = {.tv_sec = 0, .tv_usec = 300};
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    char name[32] = "", text[64];
    for (;;) {
        long length = recv(s, text, sizeof text - 1, 0);
        if (length < 0 && name[0]) {
            printf("dead %s\n", name);
            name[0] = 0;
        } else if (length > 0) {
            text[length] = 0;
            if (!name[0]) printf("alive %s\n", strtok(text, " "));
            strcpy(name, text);
        }
    }
}
