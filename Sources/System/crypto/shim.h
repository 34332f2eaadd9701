// libcrypto: digests and, later, encryption at rest.
#include <openssl/sha.h>
