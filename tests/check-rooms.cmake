# The rule of the rooms, as a test: cmake -D ROOT=… -P check-rooms.cmake
#
# A room includes only itself and the rooms before it, and each third-party header only where
# docs/architecture.md says that it belongs.  With -D SELF_TEST=FOLDER it plants one violation of
# each kind there and insists that each is found, because a check that finds nothing proves nothing.
cmake_minimum_required(VERSION 3.25)

set(ROOMS base adm desired-state drivers reconcilers agent)

# Pairs: header, and the files that may include it.
set(THIRD_PARTY
    "talloc\\.h"           "base/pool\\.c"
    "jansson\\.h"          "base/json\\.h"
    "openssl/.*"          "base/sha256\\.[ch]"
    "sqlite3\\.h"          "adm/.*"
    "git2(/.*)?\\.h"       "desired-state/.*"
    "yaml\\.h"             "desired-state/.*"
    "curl/.*"             "drivers/.*"
    "microhttpd\\.h"       "agent/.*")

function(violation text)
    set_property(GLOBAL APPEND PROPERTY violations "${text}")
endfunction()

function(check_project_include file room header)
    string(REGEX REPLACE "/.*" "" target "${header}")
    list(FIND ROOMS ${room} own)
    list(FIND ROOMS "${target}" other)
    if(NOT header MATCHES "/")
        violation("${file}: \"${header}\" is written without its room")
    elseif(other EQUAL -1)
        violation("${file}: \"${header}\" is of no room")
    elseif(other GREATER own)
        violation("${file}: ${room} must not include ${target} (\"${header}\")")
    endif()
endfunction()

function(check_system_include file header)
    set(rows ${THIRD_PARTY})
    while(rows)
        list(POP_FRONT rows pattern where)
        if("${header}" MATCHES "^${pattern}$" AND NOT "${file}" MATCHES "^${where}$")
            violation("${file}: <${header}> belongs elsewhere: ${where}")
        endif()
    endwhile()
endfunction()

function(check_file root file room)
    file(STRINGS ${root}/${file} includes REGEX "^[ \t]*#[ \t]*include")
    foreach(line IN LISTS includes)
        if(line MATCHES "\"([^\"]+)\"")
            check_project_include(${file} ${room} ${CMAKE_MATCH_1})
        elseif(line MATCHES "<([^>]+)>")
            check_system_include(${file} ${CMAKE_MATCH_1})
        endif()
    endforeach()
endfunction()

function(check_rooms root output)
    set_property(GLOBAL PROPERTY violations "")
    set(count 0)
    foreach(room IN LISTS ROOMS)
        file(GLOB_RECURSE files RELATIVE ${root} ${root}/${room}/*.c ${root}/${room}/*.h)
        foreach(file IN LISTS files)
            check_file(${root} ${file} ${room})
            math(EXPR count "${count} + 1")
        endforeach()
    endforeach()
    if(count EQUAL 0)
        violation("${root}: no source file found")
    endif()
    get_property(found GLOBAL PROPERTY violations)
    set(${output} "${found}" PARENT_SCOPE)
endfunction()

function(plant folder file include expected)
    file(REMOVE_RECURSE ${folder})
    file(WRITE ${folder}/${file} "#include ${include}\n")
    check_rooms(${folder} found)
    list(LENGTH found count)
    if(expected AND NOT count EQUAL 1)
        message(SEND_ERROR "planted #include ${include} in ${file}: found ${count} violations, not 1")
    elseif(NOT expected AND NOT count EQUAL 0)
        message(SEND_ERROR "#include ${include} in ${file} is allowed, but: ${found}")
    endif()
endfunction()

function(self_test folder)
    plant(${folder} base/a.c "\"adm/field.h\"" TRUE)
    plant(${folder} adm/a.h "\"reconcilers/plan.h\"" TRUE)
    plant(${folder} reconcilers/a.c "\"agent/pass.h\"" TRUE)
    plant(${folder} drivers/a.c "\"driver.h\"" TRUE)
    plant(${folder} agent/a.c "\"tests/fixture.h\"" TRUE)
    plant(${folder} agent/a.c "<sqlite3.h>" TRUE)
    plant(${folder} agent/a.c "<git2.h>" TRUE)
    plant(${folder} drivers/a.c "<git2/oid.h>" TRUE)
    plant(${folder} adm/a.c "<yaml.h>" TRUE)
    plant(${folder} base/text.c "<talloc.h>" TRUE)
    plant(${folder} agent/a.c "<curl/curl.h>" TRUE)
    plant(${folder} drivers/a.c "<microhttpd.h>" TRUE)
    plant(${folder} docs/a.c "\"base/pool.h\"" TRUE) # nothing to check at all
    plant(${folder} agent/a.c "\"base/pool.h\"" FALSE)
    plant(${folder} adm/a.c "<sqlite3.h>" FALSE)
    plant(${folder} base/pool.c "<talloc.h>" FALSE)
    plant(${folder} desired-state/a.c "<git2.h>" FALSE)
    file(REMOVE_RECURSE ${folder})
endfunction()

if(SELF_TEST)
    self_test(${SELF_TEST})
else()
    check_rooms(${ROOT} found)
    foreach(each IN LISTS found)
        message(SEND_ERROR "${each}")
    endforeach()
endif()
