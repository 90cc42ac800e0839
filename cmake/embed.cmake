# lockstep_embed_sql(TARGET FOLDER): every FOLDER/*.sql (*.py, *.mako, *.ini, *.toml, *.css) becomes a string, declared as
#   extern const char sql_<folder name>_<file name>[];  in "<folder>/sql.h" of the generated tree.
function(lockstep_embed_sql target folder)
    file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.sql ${PROJECT_SOURCE_DIR}/${folder}/*.py
         ${PROJECT_SOURCE_DIR}/${folder}/*.mako ${PROJECT_SOURCE_DIR}/${folder}/*.ini ${PROJECT_SOURCE_DIR}/${folder}/*.toml
         ${PROJECT_SOURCE_DIR}/${folder}/*.css)
    if(NOT files)
        return()
    endif()
    get_filename_component(prefix ${folder} NAME)
    set(out ${PROJECT_BINARY_DIR}/generated/${folder}/sql)
    add_custom_command(OUTPUT ${out}.c ${out}.h
        COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DPREFIX=${prefix} "-DFILES=${files}" -DINCLUDE=${folder}/sql.h
                -P ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
        DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake VERBATIM)
    target_sources(${target} PRIVATE ${out}.c ${out}.h)
endfunction()
