# The flags every target of ours is compiled with, and the one way to declare a room.

add_library(pairkeeper-flags INTERFACE)
target_compile_definitions(pairkeeper-flags INTERFACE _GNU_SOURCE)
target_compile_options(pairkeeper-flags INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wcast-qual -Wvla -Wswitch-enum -Wundef -Wformat=2 -Wpointer-arith)

# pairkeeper_room(NAME SOURCES a.c … USES room… LIBRARIES PkgConfig::x …)
# Headers are found as "room/header.h" from the project's root.
function(pairkeeper_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
    add_library(pk-${name} STATIC ${ROOM_SOURCES})
    target_include_directories(pk-${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(pk-${name} PUBLIC ${ROOM_USES} PRIVATE pairkeeper-flags ${ROOM_LIBRARIES})
endfunction()
