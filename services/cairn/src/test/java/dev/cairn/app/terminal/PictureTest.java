package dev.cairn.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PictureTest {

  @Test
  void ascii_shows_two_rows_of_pixels_a_line_with_more_ink_for_brighter_pixels() {
    Picture picture = new Picture(1, 4, 3, new float[] {-1, 0, 1, -1, 0, 1, 1, 1, -1, 1, 1, -1});

    assertThat(picture.lines(Shading.ASCII)).containsExactly(" +@", "@@ ");
  }

  @Test
  void the_upper_pixel_is_the_foreground_and_the_lower_the_background() {
    Picture picture = new Picture(1, 2, 1, new float[] {-1, 1});

    assertThat(picture.lines(Shading.TRUECOLOR))
        .containsExactly("\u001b[38;2;0;0;0m\u001b[48;2;255;255;255m\u2580\u001b[0m");
    assertThat(picture.lines(Shading.GREY256))
        .containsExactly("\u001b[38;5;16m\u001b[48;5;231m\u2580\u001b[0m");
  }

  @Test
  void three_channels_are_red_green_and_blue() {
    Picture picture = new Picture(3, 1, 1, new float[] {1, -1, 0});

    assertThat(picture.lines(Shading.TRUECOLOR).getFirst()).contains("38;2;255;0;128m");
  }

  @Test
  void an_unchanged_colour_is_sent_once_a_line() {
    Picture picture = new Picture(1, 2, 8, new float[16]);

    assertThat(picture.lines(Shading.TRUECOLOR).getFirst()).containsOnlyOnce("38;2;");
  }

  @Test
  void values_outside_the_range_are_clipped() {
    Picture picture = new Picture(1, 1, 2, new float[] {-9, 9});

    assertThat(picture.lines(Shading.ASCII)).containsExactly(" @");
  }

  @Test
  void a_large_picture_is_averaged_down_to_fit() {
    Picture picture = new Picture(1, 2, 4, new float[] {-1, 1, 1, 1, -1, 1, 1, 1});

    Picture small = picture.fitting(2);

    assertThat(small.width()).isEqualTo(2);
    assertThat(small.pixels()).containsExactly(0, 1);
  }

  @Test
  void pixels_must_fill_the_shape() {
    assertThatThrownBy(() -> new Picture(1, 2, 2, new float[3]))
        .hasMessage("a picture of 1×2×2 needs 4 values, not 3");
  }

  @Test
  void the_terminal_decides_the_shading() {
    assertThat(Shading.detect(false, Map.of("COLORTERM", "truecolor"))).isEqualTo(Shading.ASCII);
    assertThat(Shading.detect(true, Map.of("COLORTERM", "truecolor", "LANG", "en_GB.UTF-8")))
        .isEqualTo(Shading.TRUECOLOR);
    assertThat(Shading.detect(true, Map.of("COLORTERM", "truecolor", "LC_ALL", "C")))
        .isEqualTo(Shading.ASCII);
    assertThat(Shading.detect(true, Map.of("TERM", "xterm-256color"))).isEqualTo(Shading.GREY256);
    assertThat(Shading.detect(true, Map.of("TERM", "xterm-256color", "NO_COLOR", "1")))
        .isEqualTo(Shading.ASCII);
    assertThat(Shading.detect(true, Map.of("TERM", "dumb"))).isEqualTo(Shading.ASCII);
  }

  @Test
  void columns_stay_aligned_whatever_escape_codes_their_lines_hold() {
    List<String> lines =
        new Columns()
            .add(1, 4, List.of("\u001b[1mab\u001b[0m", "abcd"))
            .add(2, 3, List.of("x", "y", "z"))
            .lines();

    assertThat(lines).containsExactly(" \u001b[1mab\u001b[0m    x", " abcd  y", "       z");
  }

  @Test
  void scores_show_their_sign_and_three_digits() {
    assertThat(ScoreFormat.signed(12.345)).isEqualTo("+12.3");
    assertThat(ScoreFormat.signed(-0.0412)).isEqualTo("-0.0412");
    assertThat(ScoreFormat.signed(0.0000123)).isEqualTo("+1.23e-05");
    assertThat(ScoreFormat.signed(1234)).isEqualTo("+1234");
    assertThat(ScoreFormat.signed(0)).isEqualTo("0");
  }
}
