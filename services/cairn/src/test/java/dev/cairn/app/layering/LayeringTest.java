package dev.cairn.app.layering;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The house's rules: imports run from the later rooms of a record's journey to the earlier ones
 * only, and each third-party library stays in its room.
 */
@AnalyzeClasses(packages = "dev.cairn", importOptions = DoNotIncludeTests.class)
class LayeringTest {

  @ArchTest
  static final ArchRule imports_run_downwards_only =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("schemas")
          .definedBy("dev.cairn.schemas..")
          .layer("gradients")
          .definedBy("dev.cairn.gradients..")
          .layer("diffusion")
          .definedBy("dev.cairn.diffusion..")
          .layer("attribution")
          .definedBy("dev.cairn.attribution..")
          .layer("runtime")
          .definedBy("dev.cairn.runtime..")
          .layer("streaming")
          .definedBy("dev.cairn.streaming..")
          .layer("attributor")
          .definedBy("dev.cairn.attributor..")
          .layer("validation")
          .definedBy("dev.cairn.validation..")
          .layer("gateway")
          .definedBy("dev.cairn.gateway..")
          .layer("broker")
          .definedBy("dev.cairn.broker..")
          .layer("app")
          .definedBy("dev.cairn.app..")
          .whereLayer("app")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("broker")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("validation")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("gateway")
          .mayOnlyBeAccessedByLayers("app")
          .whereLayer("attributor")
          .mayOnlyBeAccessedByLayers("gateway", "app")
          .whereLayer("streaming")
          .mayOnlyBeAccessedByLayers("attributor", "gateway", "app")
          .whereLayer("runtime")
          .mayOnlyBeAccessedByLayers("validation", "attributor", "app")
          .whereLayer("attribution")
          .mayOnlyBeAccessedByLayers("runtime", "validation", "attributor", "gateway", "app")
          .whereLayer("diffusion")
          .mayOnlyBeAccessedByLayers("runtime", "validation", "attributor", "app")
          .whereLayer("gradients")
          .mayOnlyBeAccessedByLayers("runtime", "validation", "app")
          .whereLayer("schemas")
          .mayOnlyBeAccessedByLayers("attributor", "gateway", "app");

  @ArchTest
  static final ArchRule the_diffusion_mathematics_needs_nothing_but_the_jdk =
      noClasses()
          .that()
          .resideInAPackage("dev.cairn.diffusion..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("dev.cairn.diffusion..", "java..");

  @ArchTest
  static final ArchRule the_differentiator_needs_nothing_but_onnx_as_protobuf =
      noClasses()
          .that()
          .resideInAPackage("dev.cairn.gradients..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("dev.cairn.gradients..", "java..", "com.google.protobuf..");

  @ArchTest
  static final ArchRule onnx_runtime_stays_in_the_runtime =
      only("ai.onnxruntime..", "dev.cairn.runtime..");

  @ArchTest
  static final ArchRule tokenizers_and_archives_stay_in_the_runtime =
      only("ai.djl..", "dev.cairn.runtime..").because("they are parts of pipelines and data sets");

  @ArchTest
  static final ArchRule linear_algebra_stays_in_attribution =
      only("org.ejml..", "dev.cairn.attribution..");

  @ArchTest
  static final ArchRule vertx_stays_where_the_stages_are_and_where_they_are_deployed =
      only("io.vertx..", "dev.cairn.attributor..", "dev.cairn.gateway..", "dev.cairn.app..");

  @ArchTest
  static final ArchRule http_stays_in_the_gateway =
      only("io.vertx.ext.web..", "dev.cairn.gateway..");

  @ArchTest
  static final ArchRule kafka_clients_stay_with_the_streams =
      only(
          "org.apache.kafka..",
          "dev.cairn.streaming..",
          "dev.cairn.attributor..",
          "dev.cairn.gateway..",
          "dev.cairn.broker..",
          "dev.cairn.app..");

  @ArchTest
  static final ArchRule tracing_stays_with_the_stages =
      only("io.opentelemetry..", "dev.cairn.attributor..", "dev.cairn.app..");

  @ArchTest
  static final ArchRule kafka_server_stays_in_the_embedded_broker =
      only("kafka..", "dev.cairn.broker..");

  @ArchTest
  static final ArchRule the_command_line_library_stays_with_the_commands =
      only("picocli..", "dev.cairn.app.cli..");

  @ArchTest
  static final ArchRule the_console_is_for_the_command_line_only =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.cairn.app..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  private static ArchRule only(String library, String... rooms) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(rooms)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }
}
