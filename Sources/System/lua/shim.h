// liblua5.4, seen by CLua only.
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
