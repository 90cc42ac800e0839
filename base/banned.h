/* Functions that the compiler refuses in our own code; included before every file by the build. */
#pragma once
#ifndef __cplusplus
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets atoi atol atof gmtime          \
    localtime ctime asctime
#endif
