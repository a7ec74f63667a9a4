using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrleansBroker.Api.Frame.Access;
using OrleansBroker.Api.Frame.Pipeline;

namespace OrleansBroker.Api.Frame.Description;

/// <summary>What an endpoint says of itself, as an operation of the document: parameters, roles, problems.</summary>
internal sealed partial class OperationDescription : IOpenApiOperationTransformer
{
    // What every endpoint can answer.
    private static readonly ApiProblem[] Everywhere =
    [
        ApiProblem.BadRequest, ApiProblem.InvalidParameter, ApiProblem.UnknownParameter, ApiProblem.Unauthorized, ApiProblem.Forbidden, ApiProblem.ForeignHost,
        ApiProblem.InternalError, ApiProblem.Unavailable,
    ];

    private static readonly ApiProblem[] Bounded = [ApiProblem.TooManyRequests, ApiProblem.TimedOut];

    private static readonly ApiProblem[] WithBody = [ApiProblem.InvalidBody, ApiProblem.BodyTooSlow, ApiProblem.BodyTooLarge, ApiProblem.UnsupportedMediaType];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        string[] inPath = [.. RouteParameter().Matches(context.Description.RelativePath ?? "").Select(match => match.Groups[1].Value)];
        operation.Parameters = [.. inPath.Select(InPath), .. TakenParameters.Of(metadata).Select(InQuery), .. metadata.OfType<ReadHeader>().Select(InHeader)];
        var roles = metadata.OfType<RoleRequirement>().LastOrDefault()?.AnyOf ?? ApiRole.Admin;
        operation.Description = $"{operation.Description} For keys with the role {ApiKeyRecord.Format(roles | ApiRole.Admin).Replace(",", " or ", StringComparison.Ordinal)}.".TrimStart();
        IEnumerable<ApiProblem> problems =
        [
            .. Everywhere,
            .. metadata.OfType<Unbounded>().Any() ? [] : Bounded,
            .. operation.RequestBody is null ? [] : WithBody,
            .. inPath.Length == 0 ? (ApiProblem[])[] : [ApiProblem.InvalidPath],
            .. metadata.OfType<PossibleProblems>().SelectMany(possible => possible.Problems),
        ];
        AddProblems(operation, problems, context.Document!);
        return Task.CompletedTask;
    }

    private static void AddProblems(OpenApiOperation operation, IEnumerable<ApiProblem> problems, OpenApiDocument document)
    {
        operation.Responses ??= [];
        foreach (var same in problems.Distinct().GroupBy(problem => problem.Status).OrderBy(same => same.Key))
        {
            operation.Responses[same.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join("; ", same.OrderBy(problem => problem.Code, StringComparer.Ordinal).Select(problem => $"`{problem.Code}`: {problem.Title}")),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [ProblemBody.MediaType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(DocumentDescription.ProblemSchema, document) },
                },
            };
        }
    }

    private static IOpenApiParameter InPath(string name) => new OpenApiParameter
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Description = "Percent-encoded once, or ~ and unpadded base64url.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1 },
    };

    private static IOpenApiParameter InQuery(QueryParameter parameter) => new OpenApiParameter
    {
        Name = parameter.Name,
        In = ParameterLocation.Query,
        Required = parameter.IsRequired,
        Description = parameter.Description,
        Schema = parameter.Schema,
        // A list is one value with commas.
        Explode = parameter.Schema.Type != JsonSchemaType.Array,
    };

    private static IOpenApiParameter InHeader(ReadHeader header) => new OpenApiParameter
    {
        Name = header.Name,
        In = ParameterLocation.Header,
        Description = header.Description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    [GeneratedRegex(@"\{([A-Za-z]+)\}")]
    private static partial Regex RouteParameter();
}
