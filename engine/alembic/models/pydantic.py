from _lockstep import refuse


class EmailStr(str):
    pass


def ConfigDict(**kwargs):
    return kwargs


def _same(*args, **kwargs):
    return lambda function: function


field_validator = model_validator = validator = root_validator = field_serializer = computed_field = _same
