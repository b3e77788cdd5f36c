package dev.cairn.app.process;

import dev.cairn.app.config.ModelSettings;
import dev.cairn.gateway.ModelCard;
import dev.cairn.gateway.pictures.Pixels;
import dev.cairn.gateway.pictures.TrainingImages;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.ModelInput;
import dev.cairn.runtime.TrainingData;
import dev.cairn.runtime.data.Picture;
import dev.cairn.runtime.data.PictureTensor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the gateway tells of a served model. */
final class ModelCards {

  private ModelCards() {}

  static ModelCard of(OpenModel model, ModelSettings settings) {
    ModelBundle bundle = model.served().bundle();
    return new ModelCard(
        model.id(),
        new ModelCard.BundleFacts(
            bundle.digest(),
            bundle.schedule().predictionType().name().toLowerCase(Locale.ROOT),
            bundle.schedule().timesteps(),
            bundle.model().signature().sample().shape(),
            bundle.model().signature().conditioning().stream().map(ModelInput::name).toList()),
        model.index().digest(),
        model.index().manifest(),
        model.index().examples(),
        settings
            .data()
            .map(data -> images(TrainingData.open(data, bundle), bundle))
            .orElseGet(TrainingImages::none));
  }

  private static TrainingImages images(TrainingData data, ModelBundle bundle) {
    List<Integer> shape = bundle.model().signature().sample().shape();
    return new TrainingImages() {
      @Override
      public boolean available() {
        return shape.size() == 3;
      }

      @Override
      public Optional<Pixels> image(int index) {
        if (!available() || index >= data.size()) {
          return Optional.empty();
        }
        return Optional.of(
            data.picture(index)
                .map(ModelCards::pixels)
                .orElseGet(
                    () -> new Pixels(shape.get(0), shape.get(1), shape.get(2), data.image(index))));
      }
    };
  }

  private static Pixels pixels(Picture picture) {
    int channels = picture.channels();
    float[] values = PictureTensor.of(picture, channels, picture.height(), picture.width());
    return new Pixels(channels, picture.height(), picture.width(), values);
  }
}
