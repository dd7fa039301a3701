/* without NUMBER[,NUMBER…] COMMAND…: runs the command, and all that it starts, where these system
   calls fail with EPERM, as they do under the default profiles of containers. See seccomp(2). */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MOST 8

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: without NUMBER[,NUMBER...] COMMAND...\n");
        return 2;
    }
    /* Of a program's calls only the number is looked at: the architecture is this machine's. */
    struct sock_filter filter[2 + 2 * MOST] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    unsigned short length = 1;
    char *text = strtok(argv[1], ",");
    for (int i = 0; text && i < MOST; i++, text = strtok(NULL, ",")) {
        struct sock_filter is_it =
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)atoi(text), 0, 1);
        struct sock_filter forbid = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
        filter[length++] = is_it;
        filter[length++] = forbid;
    }
    struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[length++] = allow;
    struct sock_fprog program = {length, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
        perror("seccomp");
        return 2;
    }
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 127;
}
