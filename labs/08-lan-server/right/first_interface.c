/* Walks through the host's interfaces and binds to the first address that is not a loopback's. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct in_addr own_address(void)
{
    struct in_addr found = {.s_addr = htonl(INADDR_ANY)};
    struct ifaddrs *all, *one;
    if (getifaddrs(&all) < 0) {
        perror("getifaddrs");
        exit(1);
    }
    for (one = all; one != NULL; one = one->ifa_next) {
        if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_INET)
            continue;
        if (one->ifa_flags & IFF_LOOPBACK)
            continue;
        found = ((struct sockaddr_in *)one->ifa_addr)->sin_addr;
        printf("%s has the address %s\n", one->ifa_name, inet_ntoa(found));
        break;
    }
    freeifaddrs(all);
    return found;
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(4010)};
    address.sin_addr = own_address();

    int server = socket(AF_INET, SOCK_DGRAM, 0);
    if (server < 0 || bind(server, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    printf("Server is listening on %s:%d\n", inet_ntoa(address.sin_addr), 4010);

    for (;;) {
        char message[1024];
        struct sockaddr_in client;
        socklen_t size = sizeof client;
        ssize_t length =
            recvfrom(server, message, sizeof message, 0, (struct sockaddr *)&client, &size);
        if (length < 0) {
            perror("recvfrom");
            return 1;
        }
        printf("Connection established with: %s:%d\n", inet_ntoa(client.sin_addr),
               ntohs(client.sin_port));
        printf("Message from client: %.*s\n", (int)length, message);
        sendto(server, "Message received", strlen("Message received"), 0,
               (struct sockaddr *)&client, size);
    }
}
