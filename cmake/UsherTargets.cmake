# What every target of Usher has in common: the include root, the warnings, the sanitizers.

option(USHER_ASAN "Address and undefined-behaviour sanitizers" OFF)
option(USHER_TSAN "Thread sanitizer" OFF)
option(USHER_FUZZ "libFuzzer targets, with address and undefined-behaviour sanitizers" OFF)

# With CMAKE_UNITY_BUILD the sources of a target are compiled as one: what they all include is read
# once, and what they all instantiate is made once. Who builds from nothing (tests/run, quickstart)
# asks for it; who edits one file after the other does not. A source that shares a name with another
# one of its target stands alone, by usher_alone.
option(CMAKE_UNITY_BUILD "Compile the sources of each target as one" OFF)
set(CMAKE_UNITY_BUILD_BATCH_SIZE 0)

add_library(usher_common INTERFACE)
target_include_directories(usher_common INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(usher_common INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fno-omit-frame-pointer
    # A designated initializer names what it sets; all else has its default on purpose.
    -Wno-missing-field-initializers
    # It takes a source that is compiled with others for a header.
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)

# usher_alone(SOURCES…): they are not compiled with the others of their target.
function(usher_alone)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# Sanitizers reach every translation unit, generated ones too.
if(USHER_ASAN OR USHER_FUZZ)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all)
    add_link_options(-fsanitize=address,undefined)
endif()
if(USHER_TSAN)
    add_compile_options(-fsanitize=thread)
    add_link_options(-fsanitize=thread)
endif()
if(USHER_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# usher_library(name SOURCES… [LINK …]): one library a folder makes the link graph the architecture.
function(usher_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC usher_common ${ARG_LINK})
endfunction()

# usher_protobuf(name FILE.proto…): generated code, compiled without our warnings.
function(usher_protobuf name)
    set(sources "")
    foreach(proto ${ARGN})
        get_filename_component(stem ${proto} NAME_WE)
        file(RELATIVE_PATH dir ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
        set(out ${PROJECT_BINARY_DIR}/generated/${dir}/${stem}.pb)
        add_custom_command(
            OUTPUT ${out}.cc ${out}.h
            COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/generated
            COMMAND protobuf::protoc --cpp_out=${PROJECT_BINARY_DIR}/generated
                -I ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${proto}
            DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${proto}
            VERBATIM)
        list(APPEND sources ${out}.cc ${out}.h)
    endforeach()
    add_library(${name} STATIC ${sources})
    set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
    target_include_directories(${name} SYSTEM PUBLIC ${PROJECT_BINARY_DIR}/generated)
    target_link_libraries(${name} PUBLIC protobuf::libprotobuf Threads::Threads)
endfunction()

# usher_manual(name SECTION): the page in name.SECTION.scd, in the component of that name.
find_program(SCDOC scdoc REQUIRED)
function(usher_manual name section)
    set(page ${CMAKE_CURRENT_BINARY_DIR}/${name}.${section}.gz)
    set(source ${CMAKE_CURRENT_SOURCE_DIR}/${name}.${section}.scd)
    add_custom_command(OUTPUT ${page}
        COMMAND ${SCDOC} < ${source} | gzip --best --no-name > ${page}
        DEPENDS ${source})
    add_custom_target(${name}-manual ALL DEPENDS ${page})
    install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT ${name})
endfunction()
