if a:
	b
	if c:
		d
# less
	
    # blanks

e \
  = (
1,
)
