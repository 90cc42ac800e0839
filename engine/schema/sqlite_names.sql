SELECT name FROM {master} WHERE type = {type} AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name
