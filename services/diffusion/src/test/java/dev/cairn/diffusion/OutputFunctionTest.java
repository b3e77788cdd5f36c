package dev.cairn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OutputFunctionTest {
  private static final float[] PREDICTION = {0.3f, -1.2f, 2f, 0.5f};
  private static final float[] TARGET = {1f, 0.5f, -0.25f, 2f};

  @Test
  void the_affine_cotangent_is_the_derivative_of_the_output_function() {
    for (OutputFunction function : OutputFunction.values()) {
      float[] scale = new float[4];
      float[] offset = new float[4];
      function.affine(TARGET, scale, offset);
      for (int i = 0; i < 4; i++) {
        double step = 1e-4;
        double difference = (value(function, i, step) - value(function, i, -step)) / (2 * step);
        assertThat((double) scale[i] * PREDICTION[i] + offset[i])
            .as("%s, element %d", function, i)
            .isCloseTo(difference, within(1e-6));
      }
    }
  }

  @Test
  void only_the_loss_needs_a_target() {
    float[] scale = new float[2];
    float[] offset = new float[2];
    OutputFunction.SQUARE.affine(null, scale, offset);
    OutputFunction.MEAN.affine(null, scale, offset);
    assertThat(offset).containsExactly(0.5f, 0.5f);
    assertThatThrownBy(() -> OutputFunction.LOSS.affine(null, scale, offset))
        .hasMessageContaining("needs the training target");
  }

  @Test
  void names_are_read_back() {
    for (OutputFunction function : OutputFunction.values()) {
      assertThat(OutputFunction.parse(function.spelling())).isEqualTo(function);
    }
    assertThatThrownBy(() -> OutputFunction.parse("cubed"))
        .hasMessage("output function 'cubed' is not one of loss, square, mean");
  }

  private static double value(OutputFunction function, int element, double shift) {
    double sum = 0;
    for (int i = 0; i < PREDICTION.length; i++) {
      double prediction = PREDICTION[i] + (i == element ? shift : 0);
      sum +=
          switch (function) {
            case LOSS -> (prediction - TARGET[i]) * (prediction - TARGET[i]);
            case SQUARE -> prediction * prediction;
            case MEAN -> prediction;
          };
    }
    return sum / PREDICTION.length;
  }
}
