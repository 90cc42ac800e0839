a = 'it''s' "b" '''c
'd''' r'\' b'\x00\377' Rb"x" u'\u00e9\U0001F600'
b = f'{a}{b!r:>{w}.{p}}{{}}' f"{x=}{ y = !s:z}" rf'\{a}' f'''{
  f"{'n'}" # why
}'''
c = 'a\
b\t\101\d'
