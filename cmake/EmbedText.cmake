# pairkeeper_embed_text(NAME INPUT OUTPUT_VARIABLE): INPUT becomes `const char NAME[]`, ended by NUL,
# in a generated source file whose path is left in OUTPUT_VARIABLE.  CMake alone does it, so that no
# further program is needed to build.
function(pairkeeper_embed_text name input output_variable)
    set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/EmbedText.cmake)
    set(source ${CMAKE_CURRENT_SOURCE_DIR}/${input})
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
    add_custom_command(
        OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -D NAME=${name} -D INPUT=${source} -D OUTPUT=${output} -P ${script}
        DEPENDS ${source} ${script}
        COMMENT "Embedding ${input}"
        VERBATIM)
    set(${output_variable} ${output} PARENT_SCOPE)
endfunction()

# One literal per line of the text, every byte written as \xNN: no character needs care then.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
    file(READ ${INPUT} bytes HEX)
    string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
    string(REPLACE "\\x0a" "\\n\"\n    \"" bytes "${bytes}")
    file(WRITE ${OUTPUT} "extern const char ${NAME}[];\nconst char ${NAME}[] =\n    \"${bytes}\";\n")
endif()
